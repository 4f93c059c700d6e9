-- One row per cost and product: what it cost, and whether it names delivered work.
with recorded as (
    select event_key, delivery_system, delivery_id from {{ ref('int_cost_values') }}
    union all
    select event_key, source_system, delivery_id from {{ ref('int_loaded_labour') }}
),

events as (
    select events.*, recorded.delivery_system, recorded.delivery_id
    from {{ ref('fct_stage_events') }} as events
    inner join recorded on events.event_key = recorded.event_key
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
final as (
    select
        events.event_key,
        events.job_key,
        coalesce(plans.product_key, events.product_key) as product_key,
        events.event_on,
        case when events.valuation_rule like 'loaded%' then 'labour' else events.valuation_rule end as cost_type,
        events.currency,
        events.exchange_rate,
        events.unit,
        case
            when plans.product_key is null then events.quantity
            else
                {{ quantity_share('events.quantity', 'plans.running_cost_amount', 'plans.job_cost_amount') }}
                - {{ quantity_share('events.quantity', 'plans.running_cost_amount - plans.total_cost_amount', 'plans.job_cost_amount') }}
        end as quantity,
        cast(
            case
                when plans.product_key is null then events.reporting_amount
                else
                    {{ share('events.reporting_amount', 'plans.running_cost_amount', 'plans.job_cost_amount') }}
                    - {{ share('events.reporting_amount', 'plans.running_cost_amount - plans.total_cost_amount', 'plans.job_cost_amount') }}
            end as decimal(18, 2)
        ) as cost_amount,
        deliveries.event_key is not null as is_delivered
    from events
    left join plans on case when events.product_key = 'unknown' then events.job_key end = plans.job_key
    left join {{ ref('int_delivery_values') }} as deliveries
        on
            events.delivery_system = deliveries.source_system
            and events.delivery_id = deliveries.delivery_id
            and deliveries.left_out_reason is null
            and deliveries.event_on <= {{ as_of() }}
)

select * from final
