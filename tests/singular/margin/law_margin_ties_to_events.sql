{{ config(tags=['law'], severity='error') }}
-- What this is: what is booked, delivered and spent in the marts of margin is that of fct_stage_events, by job and month, and by product
--   where the cost names one.
-- When it fails: a delivery or a cost is lost, doubled or in another month.
-- How to resolve: compare fct_job_margin_monthly with fct_stage_events for the job and month that are named.
with amounts as (
    select
        'events' as side, stage, job_key, cast({{ dbt.date_trunc('month', 'event_on') }} as date) as month,
        case when stage = 'cost' then 'any' else product_key end as product_key, reporting_amount as amount
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'delivered', 'cost') and reporting_amount is not null
    {% for stage, amount in {
        'booked': 'booked_amount', 'change_order': 'contracted_amount - booked_amount', 'delivered': 'delivered_amount', 'cost': 'cost_amount',
    }.items() %}
        union all
        select 'months', '{{ stage }}', job_key, month, {{ "'any'" if stage == 'cost' else 'product_key' }}, -({{ amount }})
        from {{ ref('fct_job_margin_monthly') }}
    {% endfor %}
),

by_month as (
    select stage, job_key, product_key, month, sum(amount) as difference_amount
    from amounts
    group by stage, job_key, product_key, month
    having sum(amount) <> 0
),

-- And the months add up to the job.
by_job as (
    select job_key, product_key, sum(amount) as difference_amount
    from (
        select job_key, product_key, realised_margin_amount as amount from {{ ref('fct_job_margin') }}
        union all
        select job_key, product_key, -realised_margin_amount from {{ ref('fct_job_margin_monthly') }}
    ) as margins
    group by job_key, product_key
    having sum(amount) <> 0
)

select stage, job_key, product_key, month, difference_amount from by_month
union all
select 'realised_margin', job_key, product_key, null, difference_amount from by_job
