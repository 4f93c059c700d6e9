{{ config(tags=['law'], severity='error') }}
-- What this is: each event is credited to somebody, or to the unknown person, with its whole amount and 10,000 basis points.
-- When it fails: a share was lost, or an event is credited twice.
-- How to resolve: look at the event in fct_attribution and at the splits of its deal in the seed attribution_splits.
with credited as (
    select
        event_key,
        sum(reporting_amount) as credited_amount,
        sum(share_bp) as share_bp
    from {{ ref('fct_attribution') }}
    group by event_key
)

select
    events.event_key,
    events.reporting_amount,
    credited.credited_amount,
    credited.share_bp
from {{ ref('fct_stage_events') }} as events
left join credited on events.event_key = credited.event_key
where
    credited.event_key is null or credited.share_bp <> 10000
    or coalesce(events.reporting_amount, 0) <> coalesce(credited.credited_amount, 0)
