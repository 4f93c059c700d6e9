-- One row per reconciling item between what was invoiced and what was received, by the ledger's own applications.
with cash as (
    select * from {{ ref('int_cash_items') }}
),

settled as (
    select * from {{ ref('int_settled_lines') }}
),

other_cash as (
    select * from {{ ref('int_cash_items') }}
    where invoice_line_id is null
),

receipts as (
    select source_system, payment_id, item_key from other_cash
    where valuation_rule = 'receipt_received'
),

-- What gives a receipt back names the receipt.
given_back as (
    select
        applications.source_system,
        applications.payment_id,
        min(receipts.item_key) as item_key
    from {{ ref('int_applied_cash') }} as applications
    inner join receipts on applications.source_system = receipts.source_system and applications.invoice_id = receipts.payment_id
    where applications.left_out_reason = 'receipt_given_back'
    group by applications.source_system, applications.payment_id
),

sources as (
    select
        source_system,
        payment_id,
        case source
            when 'receivable' then 'unapplied_cash'
            when 'revenue' then 'sold_for_cash'
            when 'customer_deposits' then case when amount > 0 then 'deposit_taken' else 'deposit_applied' end
            else {{ settlement_reason('account_role') }}
        end as reason,
        amount,
        sum(amount) over (
            partition by source_system, payment_id
            order by
                case source when 'receivable' then 1 when 'customer_deposits' then 2 when 'revenue' then 3 else 4 end nulls last
            rows between unbounded preceding and current row
        ) as ends_at,
        sum(amount) over (partition by source_system, payment_id) as whole_amount,
        row_number() over (
            partition by source_system, payment_id
            order by
                case source when 'receivable' then 1 when 'customer_deposits' then 2 when 'revenue' then 3 else 4 end nulls last
        ) as place
    from {{ ref('int_payment_sources') }}
),

takers as (
    select *, 'receipt' as taken_by from sources
    union all
    select *, 'application' from sources
    where place = 1
),

-- Money on no line of a document is for what its receipt was posted against, part by part; what an application takes
-- from it is of its first part.
unapplied as (
    select
        other_cash.item_key,
        coalesce(given_back.item_key, nullif(receipts.item_key, other_cash.item_key)) as related_key,
        case when other_cash.is_sale then 'sold_for_cash' else coalesce(sources.reason, 'unapplied_cash') end as reason,
        case
            when other_cash.is_sale or other_cash.application_id is not null or sources.payment_id is null then other_cash.reporting_amount
            else
                {{ share('other_cash.reporting_amount', 'sources.ends_at', 'sources.whole_amount') }}
                - {{ share('other_cash.reporting_amount', 'sources.ends_at - sources.amount', 'sources.whole_amount') }}
        end as amount
    from other_cash
    left join receipts on other_cash.source_system = receipts.source_system and other_cash.payment_id = receipts.payment_id
    left join given_back on other_cash.source_system = given_back.source_system and other_cash.payment_id = given_back.payment_id
    left join takers as sources
        on
            other_cash.source_system = sources.source_system
            and case when not other_cash.is_sale then other_cash.payment_id end = sources.payment_id
            and case when other_cash.application_id is null then 'receipt' else 'application' end = sources.taken_by
),

reversed as (
    select distinct source_system, application_id from {{ ref('int_settlements') }}
    where is_reversed
),

-- Money of a day without a rate is worth nothing here; what it settles is settled all the same.
unrated as (
    select
        events.event_key as unrated_key,
        moved.source_system,
        moved.source_id as application_id,
        moved.line_key
    from {{ ref('int_stage_events') }} as events
    inner join {{ ref('int_applied_cash_values') }} as moved on events.event_key = moved.event_key
    where events.stage = 'cash' and events.reporting_amount is null
),

compared as (
    select * from {{ ref('int_cash_pairs') }}
),

items as (
    select
        'both' as side,
        line_key as from_event_key,
        item_key as to_event_key,
        null as related_event_key,
        'settled' as reason,
        'application' as match_rule,
        settled_amount as from_amount, settled_amount as to_amount
    from compared where line_key is not null and (settled_share <> 0 or reporting_amount = room_amount)
    union all
    select 'from', line_key, item_key, null, 'currency_translation', 'application', line_common - settled_amount, 0
    from compared where line_common <> settled_amount
    union all
    select 'to', line_key, item_key, null, 'currency_translation', 'application', 0, cash_common - settled_amount
    from compared where cash_common <> settled_amount
    union all
    select 'from', line_key, item_key, null, short_reason, 'application', line_amount - line_common, 0
    from compared where line_amount <> line_common
    union all
    select 'to', line_key, item_key, null, over_reason, 'application', 0, room_amount - cash_common
    from compared where room_amount <> cash_common
    union all
    select 'to', line_key, item_key, null, beyond_reason, 'application', 0, reporting_amount - room_amount
    from compared where reporting_amount <> room_amount or line_key is null
    union all
    select 'from', item_key, null, null, reason, 'application', settled_reporting_amount, 0
    from settled
    where reason <> 'cash' and settled_reporting_amount <> 0
    union all
    select 'from', settled.item_key, unrated.unrated_key, null, 'rate_missing', 'application', settled.settled_reporting_amount, 0
    from settled
    inner join unrated
        on
            settled.source_system = unrated.source_system
            and settled.application_id = unrated.application_id
            and settled.item_key = unrated.line_key
    where settled.reason = 'cash' and settled.settled_reporting_amount <> 0
    union all
    select 'to', null, cash.item_key, null, 'payment_reversed', 'application', 0, cash.reporting_amount
    from cash
    inner join reversed on cash.source_system = reversed.source_system and cash.application_id = reversed.application_id
    where cash.invoice_line_id is not null
    union all
    select 'to', null, item_key, related_key, reason, 'unmatched', 0, amount from unapplied
),

-- Several credits of one kind may settle one line.
final as (
    select
        'invoiced_to_cash' as gap, side, from_event_key, to_event_key, related_event_key, reason, match_rule,
        cast(sum(from_amount) as decimal(18, 2)) as from_amount,
        cast(sum(to_amount) as decimal(18, 2)) as to_amount
    from items
    group by side, from_event_key, to_event_key, related_event_key, reason, match_rule
)

select * from final
