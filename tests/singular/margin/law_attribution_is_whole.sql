{{ config(tags=['law'], severity='error') }}
-- What this is: each event is credited to somebody, or to the unknown person, with its whole amount and 10,000 basis points; and what is
--   credited makes the backlog and what is unbilled of each job and product.
-- When it fails: a share was lost, or an event is credited twice.
-- How to resolve: look at the event in fct_attribution and at the splits of its deal in the seed attribution_splits.
with credited as (
    select
        event_key,
        sum(reporting_amount) as credited_amount,
        sum(share_bp) as share_bp
    from {{ ref('fct_attribution') }}
    group by event_key
),

positions as (
    select
        job_key,
        product_key,
        sum(backlog_amount) as backlog_amount,
        sum(unbilled_amount) as unbilled_amount
    from {{ ref('fct_attribution') }}
    group by job_key, product_key
)

select
    events.event_key as key,
    events.reporting_amount,
    credited.credited_amount,
    credited.share_bp
from {{ ref('fct_stage_events') }} as events
left join credited on events.event_key = credited.event_key
where
    credited.event_key is null or credited.share_bp <> 10000
    or coalesce(events.reporting_amount, 0) <> coalesce(credited.credited_amount, 0)
union all
select
    amounts.quote_to_cash_key,
    amounts.backlog_amount + amounts.unbilled_amount,
    positions.backlog_amount + positions.unbilled_amount,
    null
from {{ ref('fct_quote_to_cash') }} as amounts
left join positions on amounts.job_key = positions.job_key and amounts.product_key = positions.product_key
where
    positions.job_key is null or amounts.backlog_amount <> positions.backlog_amount
    or amounts.unbilled_amount <> positions.unbilled_amount
