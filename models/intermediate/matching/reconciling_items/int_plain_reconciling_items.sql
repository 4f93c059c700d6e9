-- One row per reconciling item that needs no matching: a booking answers itself, a change order stands alone, an
-- earlier version of a document stands until it is taken back, and an event without a rate takes part in nothing.
with events as (
    select event_key, stage, reporting_amount, valuation_rule in ('edited_version', 'edited_back') as is_edit from {{ ref('int_stage_events') }}
),

final as (
    select
        'booked_to_contracted' as gap, case when stage = 'booked' then 'both' else 'to' end as side,
        case when stage = 'booked' then event_key end as from_event_key,
        event_key as to_event_key,
        case when stage = 'booked' then 'settled' else 'change_order' end as reason,
        case when stage = 'booked' then 'itself' else 'unmatched' end as match_rule,
        case when stage = 'booked' then reporting_amount else 0 end as from_amount,
        reporting_amount as to_amount
    from events
    where stage in ('booked', 'change_order') and reporting_amount is not null
    union all
    select
        sides.gap, sides.side,
        case when sides.side = 'from' then events.event_key end,
        case when sides.side = 'to' then events.event_key end,
        'rate_missing', 'unmatched', 0, 0
    from events
    inner join {{ ref('bridge_sides') }} as sides on events.stage = sides.stage
    where events.reporting_amount is null
    union all
    select
        sides.gap, sides.side,
        case when sides.side = 'from' then events.event_key end,
        case when sides.side = 'to' then events.event_key end,
        'edited', 'unmatched',
        case when sides.side = 'from' then events.reporting_amount else 0 end,
        case when sides.side = 'to' then events.reporting_amount else 0 end
    from events
    inner join {{ ref('bridge_sides') }} as sides on events.stage = sides.stage
    where events.is_edit and events.reporting_amount is not null
)

select
    gap, side, from_event_key, to_event_key,
    cast(null as {{ dbt.type_string() }}) as related_event_key,
    reason, match_rule,
    cast(from_amount as decimal(18, 2)) as from_amount,
    cast(to_amount as decimal(18, 2)) as to_amount
from final
