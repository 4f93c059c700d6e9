-- One row per cost and product: what it cost, and what of it is work in progress.
with events as (
    select events.*, recorded.delivery_system, recorded.delivery_id
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('int_cost_values') }} as recorded on events.event_key = recorded.event_key
    where events.stage = 'cost' and events.reporting_amount is not null
),

plans as (
    select
        *,
        sum(total_cost_amount) over (partition by job_key) as job_cost_amount,
        sum(total_cost_amount) over (partition by job_key order by product_key nulls last rows between unbounded preceding and current row)
            as running_cost_amount
    from {{ ref('int_planned_costs') }}
    where total_cost_amount > 0 and product_key <> 'unknown' and job_key <> 'unknown'
),

-- A cost of which nothing says the product is shared by what was planned.
placed as (
    select
        events.event_key,
        events.job_key,
        coalesce(plans.product_key, events.product_key) as product_key,
        events.event_on,
        events.valuation_rule as cost_type,
        events.currency,
        events.exchange_rate,
        events.unit,
        case when plans.product_key is null then events.quantity end as quantity,
        case
            when plans.product_key is null then events.reporting_amount
            else
                {{ share('events.reporting_amount', 'plans.running_cost_amount', 'plans.job_cost_amount') }}
                - {{ share('events.reporting_amount', 'plans.running_cost_amount - plans.total_cost_amount', 'plans.job_cost_amount') }}
        end as cost_amount,
        deliveries.event_key is not null as is_delivered
    from events
    left join plans on case when events.product_key = 'unknown' then events.job_key end = plans.job_key
    left join {{ ref('int_delivery_values') }} as deliveries
        on
            events.delivery_system = deliveries.source_system
            and events.delivery_id = deliveries.delivery_id
            and deliveries.left_out_reason is null
            and deliveries.event_on <= {{ as_of() }}
),

sums as (
    select
        job_key,
        product_key,
        sum(cost_amount) as cost_amount,
        sum(case when is_delivered then cost_amount else 0 end) as delivered_cost_amount
    from placed
    group by job_key, product_key
),

estimates as (
    select
        job_key,
        product_key,
        sum(estimate_to_complete_cost) as to_complete_amount
    from {{ ref('int_budget_versions') }}
    where is_now and currency = '{{ var("reporting_currency") }}'
    group by job_key, product_key
),

shared as (
    select
        sums.*,
        policies.status in ('completed', 'cancelled') or progress.contracted_amount <= 0 as is_all_expensed,
        case
            when progress.is_by_quantity then progress.contracted_quantity else progress.contracted_amount
        end as contracted_measure,
        case when progress.is_by_quantity then progress.delivered_quantity else progress.delivered_amount end as delivered_measure,
        case
            when estimates.to_complete_amount is not null then sums.cost_amount + estimates.to_complete_amount
            else greatest(progress.total_cost_amount, sums.cost_amount)
        end as estimate_at_completion_amount
    from sums
    inner join {{ ref('int_planned_costs') }} as progress on sums.job_key = progress.job_key and sums.product_key = progress.product_key
    left join {{ ref('int_job_policies') }} as policies on sums.job_key = policies.job_key
    left join estimates on sums.job_key = estimates.job_key and sums.product_key = estimates.product_key
),

-- Cost that names delivered work is that work's; of the rest, what the delivered share of the whole job should have cost.
balanced as (
    select
        *,
        cost_amount - delivered_cost_amount as rest_amount,
        case
            when is_all_expensed is not false or cost_amount <= delivered_cost_amount then 0
            else cost_amount - delivered_cost_amount - greatest(
                least(
                    cost_amount - delivered_cost_amount,
                    {{ share('estimate_at_completion_amount', 'delivered_measure', 'contracted_measure') }} - delivered_cost_amount
                ),
                0
            )
        end as wip_amount
    from shared
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
