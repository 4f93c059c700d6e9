-- One row per job and product.
{% set stages = {
    'booked': 'booked', 'change_order': 'change_orders', 'delivered': 'delivered', 'invoiced': 'invoiced',
    'credited': 'credited', 'recognised': 'recognised', 'cash': 'cash', 'cost': 'cost',
} %}
with events as (
    select * from {{ ref('fct_stage_events') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

-- An event without a rate has no reporting amount; it is counted, so that a sum that misses something says so.
summed as (
    select
        job_key,
        product_key,
        {% for stage, name in stages.items() %}
            coalesce(sum(reporting_amount) filter (where stage = '{{ stage }}'), 0) as {{ name }}_amount,
        {% endfor %}
        {% for stage, name in stages.items() %}
            min(event_on) filter (where stage = '{{ stage }}') as first_{{ name }}_on,
            max(event_on) filter (where stage = '{{ stage }}') as last_{{ name }}_on,
        {% endfor %}
        count(*) filter (where reporting_amount is null) as rate_missing_count
    from events
    group by job_key, product_key
),

balanced as (
    select
        summed.*,
        jobs.job_key is not null and jobs.status not in ('completed', 'cancelled') as is_open,
        summed.booked_amount + summed.change_orders_amount as contracted_amount,
        summed.delivered_amount - summed.invoiced_amount - summed.credited_amount as unbilled_or_ahead_amount,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key
    from summed
    left join jobs on summed.job_key = jobs.job_key
),

final as (
    select
        {{ make_key(['job_key', 'product_key']) }} as quote_to_cash_key,
        job_key,
        product_key,
        deal_key,
        contract_key,
        customer_key,
        owner_key,
        {{ as_of() }} as as_of_on,
        {% for name in stages.values() %}
            first_{{ name }}_on,
            last_{{ name }}_on,
        {% endfor %}
        cast(booked_amount as decimal(18, 2)) as booked_amount,
        cast(change_orders_amount as decimal(18, 2)) as change_orders_amount,
        cast(contracted_amount as decimal(18, 2)) as contracted_amount,
        cast(delivered_amount as decimal(18, 2)) as delivered_amount,
        cast(invoiced_amount as decimal(18, 2)) as invoiced_amount,
        cast(credited_amount as decimal(18, 2)) as credited_amount,
        cast(recognised_amount as decimal(18, 2)) as recognised_amount,
        cast(cash_amount as decimal(18, 2)) as cash_amount,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        cast(case when is_open then contracted_amount - delivered_amount else 0 end as decimal(18, 2)) as backlog_amount,
        cast(greatest(unbilled_or_ahead_amount, 0) as decimal(18, 2)) as unbilled_amount,
        cast(greatest(-unbilled_or_ahead_amount, 0) as decimal(18, 2)) as billed_ahead_amount,
        cast(rate_missing_count as integer) as rate_missing_count,
        is_open
    from balanced
)

select * from final
