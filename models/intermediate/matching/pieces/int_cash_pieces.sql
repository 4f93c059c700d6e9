-- One row per piece between what was invoiced and what was received, by the ledger's own applications.
with cash as (
    select * from {{ ref('int_cash_items') }}
),

settled as (
    select * from {{ ref('int_settled_lines') }}
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
    select 'to', null, item_key, related_key, reason, 'unmatched', 0, amount from {{ ref('int_unplaced_cash') }}
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
