{{ config(tags=['law'], severity='error') }}
-- What this is: each thing that happened is in fct_stage_events exactly once, and nothing else is.
-- When it fails: a join to a dimension or rate doubled or dropped events.
-- How to resolve: find the key in int_stage_values; where it occurs once, the join in fct_stage_events is at fault.
with valued as (
    select event_key, count(*) as row_count from {{ ref('int_stage_values') }} group by event_key
),

events as (
    select event_key, count(*) as row_count from {{ ref('fct_stage_events') }} group by event_key
)

select
    coalesce(valued.event_key, events.event_key) as event_key,
    valued.row_count as valued_count,
    events.row_count as event_count
from valued
full outer join events on valued.event_key = events.event_key
where coalesce(valued.row_count, 0) <> 1 or coalesce(events.row_count, 0) <> 1
