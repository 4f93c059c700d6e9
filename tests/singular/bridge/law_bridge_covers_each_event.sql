{{ config(tags=['law'], severity='error') }}
-- What this is: each event is in the bridge on each side of a gap where its stage takes part, and the amounts of its items are exactly its own.
-- When it fails: a pass of the matching took more or less of an event than there was, or lost it.
-- How to resolve: look for the event in the gap's model of intermediate/matching/pairs, from its first pass to `unmatched`.
with events as (
    select sides.gap, sides.side, events.event_key, coalesce(events.reporting_amount, 0) as amount
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('bridge_sides') }} as sides on events.stage = sides.stage
),

covered as (
    {% for side in ['from', 'to'] %}
        select gap, '{{ side }}' as side, {{ side }}_event_key as event_key, sum({{ side }}_amount) as amount
        from {{ ref('fct_bridge') }}
        where {{ side }}_event_key is not null
        group by gap, {{ side }}_event_key
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    coalesce(events.gap, covered.gap) as gap,
    coalesce(events.side, covered.side) as side,
    coalesce(events.event_key, covered.event_key) as event_key,
    events.amount as event_amount,
    covered.amount as covered_amount
from events
full outer join covered on events.gap = covered.gap and events.side = covered.side and events.event_key = covered.event_key
where events.event_key is null or covered.event_key is null or events.amount <> covered.amount
