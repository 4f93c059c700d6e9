-- One row per job with work in progress: nothing has happened on it for longer than the window.
with wip as (
    select
        job_key,
        sum(wip_amount) as wip_amount
    from {{ ref('fct_job_margin') }}
    group by job_key
    having sum(wip_amount) > 0
),

-- What customers pay and what the ledger posts by itself at a month's end moves no work.
events as (
    select
        job_key,
        max(event_on) as last_on
    from {{ ref('fct_stage_events') }}
    where stage not in ('recognised', 'cash')
    group by job_key
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

rules as (
    {{ control_rules('wip_stale') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        jobs.job_key,
        events.last_on as occurred_on,
        jobs.job_type,
        events.last_on,
        '{{ var("reporting_currency") }}' as currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        cast(wip.wip_amount as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(wip.wip_amount as decimal(18, 2)) as examined_amount,
        'no_activity' as cause,
        'Record what was delivered of {record}, or close it: ' || cast(wip.wip_amount as decimal(18, 2)) || ' of cost waits since '
        || {{ day_in_words('events.last_on') }} as suggested_action,
        wip.wip_amount > rules.tolerance_amount and {{ window_passed('events.last_on') }} as is_exception
    from wip
    inner join jobs on wip.job_key = jobs.job_key
    inner join events on wip.job_key = events.job_key
    inner join rules on {{ in_force('events.last_on') }}
),

final as (
    {{ control_rows('wip_stale', 'jobs', has=['job_key'], evidence=['job_type', 'last_on', 'actual_amount', 'currency']) }}
)

select * from final
