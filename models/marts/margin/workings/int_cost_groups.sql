-- One row per job, product and group of cost types that a plan covers: what it plans, and what the delivered work
-- should have taken of it. Planned cost with hours is labour or pay, without hours it is for any type of cost.
with plan_kinds as (
    select
        plans.*,
        coalesce(units.base_unit, lower(trim(plans.unit))) as base_unit,
        coalesce(units.base_quantity, 1) as unit_quantity,
        {{ in_base_unit('plans.quantity', 'units.base_quantity') }} as base_quantity,
        case
            when cost_type in ('labour', 'pay') then 'labour'
            when cost_type is not null then cost_type
            when hours <> 0 then 'labour'
            else 'any'
        end as cost_group
    from {{ ref('int_base_plans') }} as plans
    left join {{ ref('unit_conversions') }} as units on lower(trim(plans.unit)) = units.unit
    where plans.is_current and plans.reporting_amount is not null
),

-- A quantity is a standard where all lines of a plan have it, and in one unit: hours and pieces do not add up. A plan
-- that was taken back whole is none.
plan_groups as (
    select
        job_key,
        product_key,
        cost_group,
        sum(reporting_amount) as planned_amount,
        case
            when count(case when reporting_amount <> 0 and hours is null then 1 end) = 0 and sum(hours) > 0 then 'hours'
            when
                count(case when reporting_amount <> 0 and base_quantity is null then 1 end) = 0
                and count(distinct coalesce(base_unit, 'none')) = 1
                then 'quantity'
        end as standard_rule,
        sum(hours) as hours,
        sum(base_quantity) as quantity,
        min(base_unit) as base_unit,
        min(unit_quantity) as unit_quantity
    from plan_kinds
    group by job_key, product_key, cost_group
    having sum(reporting_amount) <> 0 or min(reporting_amount) = 0
),

moves as (
    select
        job_key,
        product_key,
        sum(cost_amount) as cost_amount
    from {{ ref('int_value_effects') }}
    group by job_key, product_key
),

-- What the work that is delivered should have cost: the plan, with changes, less what did not come.
flexed as (
    select
        plans.job_key,
        plans.product_key,
        plans.planned_cost_amount,
        coalesce(plans.planned_cost_amount, 0) + coalesce(moves.cost_amount, 0) as flexed_amount
    from {{ ref('int_planned_costs') }} as plans
    left join moves on plans.job_key = moves.job_key and plans.product_key = moves.product_key
),

-- Work that took another's plan over is planned without a kind.
running as (
    select
        flexed.*,
        coalesce(plan_groups.cost_group, 'any') as cost_group,
        coalesce(plan_groups.planned_amount, 0) as planned_amount,
        case plan_groups.standard_rule when 'hours' then plan_groups.hours when 'quantity' then plan_groups.quantity end as standard_quantity,
        case plan_groups.standard_rule when 'hours' then 'hour' when 'quantity' then plan_groups.base_unit end as standard_unit,
        case when plan_groups.standard_rule = 'quantity' then plan_groups.unit_quantity else 1 end as unit_quantity,
        plan_groups.cost_group is not null and flexed.planned_cost_amount <> 0 as is_shared,
        row_number() over (partition by flexed.job_key, flexed.product_key order by plan_groups.cost_group nulls last) as position,
        sum(plan_groups.planned_amount) over (
            partition by flexed.job_key, flexed.product_key order by plan_groups.cost_group nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from flexed
    left join plan_groups on flexed.job_key = plan_groups.job_key and flexed.product_key = plan_groups.product_key
    where plan_groups.cost_group is not null or flexed.flexed_amount <> 0
),

final as (
    select
        job_key,
        product_key,
        cost_group,
        cast(planned_amount as decimal(18, 2)) as planned_amount,
        cast(standard_quantity as decimal(38, 6)) as standard_quantity,
        standard_unit,
        cast(coalesce(unit_quantity, 1) as decimal(18, 6)) as unit_quantity,
        cast(
            case
                when is_shared
                    then
                        {{ share('flexed_amount', 'running_amount', 'planned_cost_amount') }}
                        - {{ share('flexed_amount', 'running_amount - planned_amount', 'planned_cost_amount') }}
                when position = 1 then flexed_amount
                else 0
            end as decimal(18, 2)
        ) as flexed_amount
    from running
)

select * from final
