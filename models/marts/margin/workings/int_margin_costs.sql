-- One row per cost and product: what it cost, and what of it is work in progress.
with placed as (
    select * from {{ ref('int_placed_costs') }}
),

-- Cost that names delivered work is that work's; of the rest, what the delivered share of the whole job should have
-- cost.
balanced as (
    select
        estimates.job_key,
        estimates.product_key,
        estimates.cost_amount - estimates.delivered_cost_amount as rest_amount,
        case
            -- Nothing of a finished job, and of what was not sold, is in progress.
            when coalesce(policies.status in ('completed', 'cancelled'), true) or estimates.contracted_measure <= 0 then 0
            when estimates.cost_amount <= estimates.delivered_cost_amount then 0
            else estimates.cost_amount - estimates.delivered_cost_amount - greatest(
                least(
                    estimates.cost_amount - estimates.delivered_cost_amount,
                    {{ share('estimates.eac_amount', 'estimates.delivered_measure', 'estimates.contracted_measure') }}
                    - estimates.delivered_cost_amount
                ),
                0
            )
        end as wip_amount
    from {{ ref('int_estimates') }} as estimates
    left join {{ ref('int_job_policies') }} as policies on estimates.job_key = policies.job_key
),

running as (
    select
        placed.*,
        balanced.wip_amount as product_wip_amount,
        balanced.rest_amount,
        sum(case when placed.is_delivered then 0 else placed.cost_amount end) over (
            partition by placed.job_key, placed.product_key order by placed.event_on nulls last, placed.event_key nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from placed
    left join balanced on placed.job_key = balanced.job_key and placed.product_key = balanced.product_key
),

final as (
    select
        event_key,
        job_key,
        product_key,
        event_on,
        cost_type,
        currency,
        exchange_rate,
        unit,
        quantity,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        cast(
            case
                when is_delivered or coalesce(product_wip_amount, 0) = 0 then 0
                else
                    {{ share('product_wip_amount', 'running_amount', 'rest_amount') }}
                    - {{ share('product_wip_amount', 'running_amount - cost_amount', 'rest_amount') }}
            end as decimal(18, 2)
        ) as wip_amount
    from running
)

select * from final
