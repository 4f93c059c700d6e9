-- One row per month, job and product in which something was booked, earned or spent.
{% set kinds = ['booked', 'change_order', 'delivered', 'concession', 'billed_short', 'cost', 'wip'] %}
with parts as (
    select * from {{ ref('int_margin_events') }}
    where kind in ('{{ kinds | join("', '") }}')
),

jobs as (
    select * from {{ ref('dim_job') }}
),

summed as (
    select
        month,
        job_key,
        product_key,
        {% for kind in kinds %}
            sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_amount,
        {% endfor %}
        count(*) as part_count
    from parts
    group by month, job_key, product_key
),

final as (
    select
        {{ make_key(['summed.month', 'summed.job_key', 'summed.product_key']) }} as job_margin_monthly_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        summed.job_key,
        summed.product_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        summed.month,
        {{ as_of() }} as as_of_on,
        coalesce(jobs.legal_entity, 'unknown') as legal_entity,
        cast(summed.booked_amount as decimal(18, 2)) as booked_amount,
        cast(summed.booked_amount + summed.change_order_amount as decimal(18, 2)) as contracted_amount,
        cast(summed.delivered_amount as decimal(18, 2)) as delivered_amount,
        cast(summed.concession_amount as decimal(18, 2)) as concession_amount,
        cast(summed.billed_short_amount as decimal(18, 2)) as billed_short_amount,
        cast(summed.delivered_amount + summed.concession_amount + summed.billed_short_amount as decimal(18, 2)) as realised_value_amount,
        cast(summed.cost_amount as decimal(18, 2)) as cost_amount,
        cast(summed.wip_amount as decimal(18, 2)) as wip_amount,
        cast(
            summed.delivered_amount + summed.concession_amount + summed.billed_short_amount - summed.cost_amount + summed.wip_amount
            as decimal(18, 2)
        ) as realised_margin_amount
    from summed
    left join jobs on summed.job_key = jobs.job_key
)

select * from final
