-- One row per product sold for a job, and per approved change order, where costs are planned: nobody planned what this
-- one costs.
with margins as (
    select * from {{ ref('fct_job_margin') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

plans as (
    select
        job_key,
        sum(booked_amount) as booked_amount,
        count(plan_rule) > 0 as is_planned
    from margins
    group by job_key
),

-- Where at least half of the jobs sold of a kind have a planned cost, one without is an omission; elsewhere nobody
-- plans.
kinds as (
    select
        jobs.source_system,
        jobs.job_type,
        count(case when plans.is_planned then 1 end) * 2 >= count(*) as is_usual
    from plans
    inner join jobs on plans.job_key = jobs.job_key
    where plans.booked_amount > 0
    group by jobs.source_system, jobs.job_type
),

stages as (
    select * from {{ ref('fct_quote_to_cash') }}
),

-- What is passed on at cost costs what it brings.
passed_on as (
    select job_key, product_key
    from {{ ref('int_delivery_terms') }}
    group by job_key, product_key
    -- The first of the types by name: no other comes with it.
    having max(delivery_type) = 'expense'
),

rules as (
    {{ control_rules('planned_cost_missing') }}
),

sold as (
    select
        'jobs' as entity,
        jobs.job_id as entity_id,
        margins.product_key as part,
        jobs.source_system,
        margins.deal_key,
        margins.job_key,
        margins.product_key,
        stages.first_booked_on as occurred_on,
        margins.booked_amount as value_amount,
        'no_planned_cost' as cause,
        'Enter what {record} is planned to cost, on the deal line or in its budget' as suggested_action,
        margins.planned_cost_amount is null as is_missing
    from margins
    inner join plans on margins.job_key = plans.job_key
    inner join jobs on margins.job_key = jobs.job_key
    inner join {{ ref('int_jobs') }} as records on jobs.job_key = records.job_key
    inner join kinds on jobs.source_system = kinds.source_system and jobs.job_type = kinds.job_type
    inner join stages on margins.job_key = stages.job_key and margins.product_key = stages.product_key
    left join passed_on on margins.job_key = passed_on.job_key and margins.product_key = passed_on.product_key
    where
        not records.is_placeholder and passed_on.job_key is null
        -- Finding somebody for a fee costs nothing that a job bears.
        and jobs.job_type <> 'permanent_placement'
        -- What a contract agrees to pay a placed person is the plan of all that he does.
        and case when plans.is_planned then jobs.job_type <> 'placement' else kinds.is_usual end
),

changed as (
    select
        'change_orders',
        changes.source_id,
        changes.product_key as part,
        changes.source_system,
        jobs.deal_key,
        changes.job_key,
        changes.product_key,
        changes.event_on,
        events.reporting_amount,
        'change_without_planned_cost',
        'Enter what {record} on job {job} is planned to cost',
        changes.plan_rule = 'planned_cost_missing'
    from {{ ref('int_change_plans') }} as changes
    inner join {{ ref('fct_stage_events') }} as events on changes.event_key = events.event_key
    inner join jobs on changes.job_key = jobs.job_key
    inner join plans on changes.job_key = plans.job_key
    -- Where hours are charged, money alone changes their price, and none of their cost.
    where plans.is_planned and (jobs.job_type in ('fixed_price', 'product_order') or not changes.is_amount_only)
),

subjects as (
    select * from sold
    union all
    select * from changed
),

examined as (
    select
        subjects.*,
        '{{ var("reporting_currency") }}' as currency,
        cast(subjects.value_amount as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(subjects.value_amount as decimal(18, 2)) as examined_amount,
        subjects.is_missing and abs(subjects.value_amount) > rules.tolerance_amount and {{ window_passed('subjects.occurred_on') }} as is_exception
    from subjects
    inner join rules on {{ in_force('subjects.occurred_on') }}
),

final as (
    {{ control_rows('planned_cost_missing', none, has=['part', 'deal_key', 'job_key', 'product_key'], evidence=['value_amount', 'currency']) }}
)

select * from final
