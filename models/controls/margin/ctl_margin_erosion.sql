-- One row per job whose cost was planned and that has earned something: it earned far less of its value than was
-- planned. Work in progress keeps a job that is on its budget at its margin.
with margins as (
    select
        job_key,
        sum(booked_amount) as booked_amount,
        sum(booked_amount - coalesce(planned_cost_amount, 0)) as planned_margin_amount,
        sum(realised_value_amount) as value_amount,
        sum(realised_margin_amount) as margin_amount,
        sum(rate_missing_count) as rate_missing_count,
        count(case when planned_cost_amount is null then 1 end) as unplanned_count,
        -- A budget for all of a job is on no product of its own.
        count(case when product_key = 'unknown' then plan_rule end) as whole_plan_count
    from {{ ref('fct_job_margin') }}
    group by job_key
),

events as (
    select
        job_key,
        max(event_on) as last_on
    from {{ ref('fct_stage_events') }}
    where stage in ('delivered', 'cost', 'credited')
    group by job_key
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

rules as (
    {{ control_rules('margin_erosion') }}
),

judged as (
    select
        jobs.job_id,
        jobs.source_system,
        jobs.job_key,
        jobs.job_type,
        events.last_on,
        margins.booked_amount,
        margins.planned_margin_amount,
        margins.value_amount,
        margins.margin_amount,
        rules.tolerance_pct,
        {{ share('100', 'margins.planned_margin_amount', 'margins.booked_amount') }} as planned_margin_pct,
        {{ share('100', 'margins.margin_amount', 'margins.value_amount') }} as realised_margin_pct
    from margins
    inner join jobs on margins.job_key = jobs.job_key
    inner join events on margins.job_key = events.job_key
    inner join rules on {{ in_force('events.last_on') }}
    where
        margins.rate_missing_count = 0 and margins.booked_amount > rules.tolerance_amount and margins.value_amount > 0
        and (margins.unplanned_count = 0 or margins.whole_plan_count > 0)
),

examined as (
    select
        job_id as entity_id,
        source_system,
        job_key,
        last_on as occurred_on,
        job_type,
        cast(booked_amount as decimal(18, 2)) as booked_amount,
        cast(value_amount as decimal(18, 2)) as value_amount,
        planned_margin_pct,
        realised_margin_pct,
        '{{ var("reporting_currency") }}' as currency,
        cast(planned_margin_amount as decimal(18, 2)) as expected_amount,
        cast(margin_amount as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(booked_amount as decimal(18, 2)) as examined_amount,
        'margin_under_plan' as cause,
        'Look at the margin walk of {record}: it was quoted at ' || planned_margin_pct || ' % and earned ' || realised_margin_pct || ' %'
            as suggested_action,
        planned_margin_pct - realised_margin_pct >= tolerance_pct as is_exception
    from judged
),

final as (
    {{ control_rows('margin_erosion', 'jobs', has=['job_key'],
        evidence=['job_type', 'booked_amount', 'planned_margin_pct', 'value_amount', 'realised_margin_pct', 'currency']) }}
)

select * from final
