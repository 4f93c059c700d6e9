-- One row per job that cost something: its margin, or the one that is still to be expected of a fixed price, is under
-- the floor of its type. A job that has cost and no value is under each floor, unless it is still to deliver what was
-- agreed.
with margins as (
    select
        job_key,
        sum(realised_value_amount) as value_amount,
        sum(realised_margin_amount) as margin_amount,
        sum(contracted_amount) as contracted_amount,
        sum(cost_amount) as spent_amount,
        sum(cost_amount - wip_amount) as expensed_amount
    from {{ ref('fct_job_margin') }}
    group by job_key
),

events as (
    select
        job_key,
        max(case when stage in ('delivered', 'cost') then event_on end) as last_on,
        count(case when reporting_amount is null then 1 end) as rate_missing_count
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'delivered', 'cost', 'invoiced', 'credited')
    group by job_key
),

outlooks as (
    select * from {{ ref('fct_job_outlook') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

floors as (
    select * from {{ ref('margin_floors') }}
),

rules as (
    {{ control_rules('margin_below_threshold') }}
),

-- A fixed price earns its value at the end: its margin is the one to expect of it, at the cost at completion. Once it
-- is done the two are one.
judged as (
    select
        jobs.job_id,
        jobs.source_system,
        jobs.job_key,
        jobs.job_type,
        events.last_on,
        outlooks.eac_rule,
        jobs.job_type = 'fixed_price' and not outlooks.is_finished as is_expected,
        margins.spent_amount,
        case when jobs.job_type = 'fixed_price' then outlooks.expected_value_amount else margins.value_amount end as value_amount,
        case
            when jobs.job_type = 'fixed_price' then outlooks.eac_amount
            -- What nobody agreed to pay for is no work in progress.
            when margins.contracted_amount <= 0 and margins.value_amount <= 0 then margins.spent_amount
            else margins.expensed_amount
        end as cost_amount
    from margins
    inner join events on margins.job_key = events.job_key
    inner join outlooks on margins.job_key = outlooks.job_key
    inner join jobs on margins.job_key = jobs.job_key
    where events.rate_missing_count = 0 and jobs.job_type <> 'permanent_placement'
),

examinable as (
    select
        *,
        value_amount - cost_amount as margin_amount
    from judged
    where spent_amount > 0 and cost_amount > 0
),

floored as (
    select
        examinable.*,
        coalesce(floors.floor_pct, rules.tolerance_pct) as floor_pct,
        rules.tolerance_amount
    from examinable
    inner join rules on {{ in_force('examinable.last_on') }}
    left join floors on examinable.job_type = floors.job_type and examinable.last_on >= floors.valid_from
    qualify row_number() over (partition by examinable.job_key order by floors.valid_from desc nulls last) = 1
),

least_margins as (
    select
        *,
        cast({{ percent_of('floor_pct', 'greatest(value_amount, 0)') }} as decimal(18, 2)) as floor_amount
    from floored
),

examined as (
    select
        job_id as entity_id,
        source_system,
        job_key,
        last_on as occurred_on,
        job_type,
        floor_pct,
        eac_rule,
        cast(value_amount as decimal(18, 2)) as value_amount,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        '{{ var("reporting_currency") }}' as currency,
        floor_amount as expected_amount,
        cast(margin_amount as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(value_amount as decimal(18, 2)) as examined_amount,
        case
            when value_amount <= 0 then 'cost_without_value'
            when is_expected and margin_amount < 0 then 'expected_at_a_loss'
            when is_expected then 'expected_below_floor'
            when margin_amount < 0 then 'at_a_loss'
            else 'below_floor'
        end as cause,
        case
            when value_amount <= 0 then 'Find out what {record} was for: it cost ' || cast(cost_amount as decimal(18, 2)) || ' and earned nothing'
            when is_expected then 'Agree a change order for {record}, or stop what makes it dear, before it is done'
            else 'Look at the costs and prices of job {record}'
        end as suggested_action,
        floor_amount - margin_amount > tolerance_amount as is_exception
    from least_margins
),

final as (
    {{ control_rows('margin_below_threshold', 'jobs', has=['job_key'],
            evidence=[
                'job_type', 'value_amount', 'cost_amount',
                'actual_amount', 'floor_pct', 'eac_rule', 'currency',
            ]) }}
)

select * from final
