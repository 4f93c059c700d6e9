-- One row per job, product ('any' for all of the job) and currency ordered: what was ordered beside what was delivered.
with ordered as (
    select
        job_key,
        product_key,
        currency,
        net_amount
    from {{ ref('int_order_lines') }}
    where job_key <> 'unknown' and net_amount is not null
),

delivered as (
    select
        job_key,
        product_key,
        currency,
        document_amount
    from {{ ref('int_stage_events') }}
    where stage = 'delivered'
),

-- A product that the order leaves out is ordered at nothing.
both_sides as (
    select job_key, product_key, currency, net_amount as ordered_amount, 0 as delivered_amount from ordered
    union all
    select job_key, 'any', currency, net_amount, 0 from ordered
    union all
    select job_key, product_key, currency, 0, document_amount from delivered
    union all
    select job_key, 'any', currency, 0, document_amount from delivered
),

jobs as (
    select distinct job_key from ordered
),

final as (
    select
        both_sides.job_key,
        both_sides.product_key,
        both_sides.currency,
        cast(sum(both_sides.ordered_amount) as decimal(18, 2)) as ordered_amount,
        cast(sum(both_sides.delivered_amount) as decimal(18, 2)) as delivered_amount
    from both_sides
    inner join jobs on both_sides.job_key = jobs.job_key
    group by both_sides.job_key, both_sides.product_key, both_sides.currency
)

select * from final
