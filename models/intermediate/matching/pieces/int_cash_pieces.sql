-- One row per piece between what was invoiced and what was received, by the ledger's own applications.
with cash as (
    select * from {{ ref('int_cash_items') }}
),

settled as (
    select * from {{ ref('int_settled_lines') }}
),

reversed as (
    select source_system, application_id from {{ ref('int_settlements') }}
    where is_reversed
),

-- What a header asks for above its lines, and is paid as asked, is the document's mistake and not the payer's.
asked_more as (
    select
        settlements.source_system,
        settlements.invoice_id
    from {{ ref('int_settlements') }} as settlements
    inner join {{ ref('int_receivable_invoices') }} as headers
        on settlements.source_system = headers.source_system and settlements.invoice_id = headers.invoice_id
    where not settlements.is_reversed
    group by settlements.source_system, settlements.invoice_id
    having max(headers.gross_amount) > max(settlements.gross_amount) and sum(settlements.amount) <= max(headers.gross_amount)
),

paid_as_asked as (
    select
        settlements.source_system,
        settlements.application_id
    from {{ ref('int_settlements') }} as settlements
    inner join asked_more on settlements.source_system = asked_more.source_system and settlements.invoice_id = asked_more.invoice_id
),

billing as (
    select event_key as item_key, exchange_rate from {{ ref('fct_stage_events') }}
    where stage in ('invoiced', 'credited')
),

-- A line without a rate is worth nothing here, whatever was paid for it.
unrated as (
    select event_key as item_key, source_system, source_id as invoice_line_id from {{ ref('fct_stage_events') }}
    where stage in ('invoiced', 'credited') and reporting_amount is null and valuation_rule <> 'voided'
),

receipts as (
    select source_system, payment_id, item_key from cash
    where valuation_rule = 'receipt_received'
),

-- A line's cash, and the part of it that the line has room for.
applied as (
    select
        cash.item_key,
        cash.currency,
        cash.exchange_rate,
        cash.reporting_amount,
        settled.item_key as line_key,
        settled.settled_amount as settled_share,
        coalesce(settled.settled_reporting_amount, 0) as line_amount,
        case
            when unrated.item_key is not null then 'rate_missing'
            when paid_as_asked.application_id is not null then 'header_mismatch'
            else 'overpaid'
        end as beyond_reason,
        case
            when settled.settled_amount = settled.share_amount then cash.reporting_amount
            when settled.settled_amount is null or settled.settled_amount = 0 then 0
            else {{ quick_share('cash.reporting_amount', 'settled.settled_amount', 'settled.share_amount') }}
        end as room_amount
    from cash
    left join reversed on cash.source_system = reversed.source_system and cash.application_id = reversed.application_id
    left join settled
        on
            cash.source_system = settled.source_system
            and cash.application_id = settled.application_id
            and cash.invoice_line_id = settled.invoice_line_id
    left join unrated on cash.source_system = unrated.source_system and cash.invoice_line_id = unrated.invoice_line_id
    left join paid_as_asked
        on cash.source_system = paid_as_asked.source_system and cash.application_id = paid_as_asked.application_id
    where cash.invoice_line_id is not null and reversed.application_id is null
),

compared as (
    select
        applied.*,
        case
            when applied.line_amount >= 0 and applied.room_amount >= 0 then least(applied.line_amount, applied.room_amount)
            when applied.line_amount < 0 and applied.room_amount < 0 then greatest(applied.line_amount, applied.room_amount)
            else 0
        end as settled_amount,
        case when applied.exchange_rate = billing.exchange_rate then 'rounding' else 'currency_translation' end as rest_reason
    from applied
    left join billing on applied.line_key = billing.item_key
),

pieces as (
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
    select 'from', line_key, item_key, null, rest_reason, 'application', line_amount - settled_amount, 0
    from compared where line_amount <> settled_amount
    union all
    select 'to', line_key, item_key, null, rest_reason, 'application', 0, room_amount - settled_amount
    from compared where room_amount <> settled_amount
    union all
    select 'to', line_key, item_key, null, beyond_reason, 'application', 0, reporting_amount - room_amount
    from compared where reporting_amount <> room_amount or line_key is null
    union all
    select
        'from', item_key, null, null,
        case kind when 'credit_note' then 'credit_applied' when 'write_off' then 'write_off' else 'settlement_discount' end,
        'application', settled_reporting_amount, 0
    from settled
    where kind <> 'payment' and settled_reporting_amount <> 0
    union all
    select 'to', null, cash.item_key, null, 'payment_reversed', 'application', 0, cash.reporting_amount
    from cash
    inner join reversed on cash.source_system = reversed.source_system and cash.application_id = reversed.application_id
    where cash.invoice_line_id is not null
    union all
    select 'to', null, cash.item_key, nullif(receipts.item_key, cash.item_key), 'unapplied_cash', 'unmatched', 0, cash.reporting_amount
    from cash
    left join receipts on cash.source_system = receipts.source_system and cash.payment_id = receipts.payment_id
    where cash.invoice_line_id is null
),

-- Several credits of one kind may settle one line.
final as (
    select
        'invoiced_to_cash' as gap, side, from_event_key, to_event_key, related_event_key, reason, match_rule,
        cast(sum(from_amount) as decimal(18, 2)) as from_amount,
        cast(sum(to_amount) as decimal(18, 2)) as to_amount
    from pieces
    group by side, from_event_key, to_event_key, related_event_key, reason, match_rule
)

select * from final
