-- One row per cost, product and effect: what it cost above its standard, the quantity above the plan's, and what was
-- never planned.
with costs as (
    select
        costs.*,
        case costs.cost_type when 'pay_item' then 'labour' when 'pay' then 'labour' else costs.cost_type end as own_group,
        costs.cost_amount - costs.wip_amount as expensed_amount
    from {{ ref('int_margin_costs') }} as costs
),

groups as (
    select * from {{ ref('int_cost_groups') }}
),

plans as (
    select * from {{ ref('int_planned_costs') }}
),

-- A type of cost has a plan of its own, else that for any type. A quantity without a unit is in the plan's; one of
-- another kind of unit is none.
placed as (
    select
        costs.*,
        groups.cost_group,
        case
            when costs.unit is null then {{ in_base_unit('costs.quantity', 'groups.unit_quantity') }}
            when coalesce(units.base_unit, lower(trim(costs.unit))) = groups.standard_unit
                then {{ in_base_unit('costs.quantity', 'units.base_quantity') }}
        end as base_quantity
    from costs
    left join {{ ref('unit_conversions') }} as units on lower(trim(costs.unit)) = units.unit
    left join groups as own_groups
        on costs.job_key = own_groups.job_key and costs.product_key = own_groups.product_key and costs.own_group = own_groups.cost_group
    left join groups
        on
            costs.job_key = groups.job_key
            and costs.product_key = groups.product_key
            and coalesce(own_groups.cost_group, 'any') = groups.cost_group
),

measured as (
    select
        placed.*,
        case
            when placed.wip_amount = 0 then placed.base_quantity
            else {{ quantity_share('placed.base_quantity', 'placed.expensed_amount', 'placed.cost_amount') }}
        end as actual_quantity,
        -- What the rates alone made of a cost in the plan's currency; a plan without a rate has none to compare with.
        case
            when
                placed.currency = plans.currency and placed.currency <> '{{ var("reporting_currency") }}'
                and placed.exchange_rate > 0 and plans.exchange_rate is not null
                then placed.expensed_amount - {{ share('placed.expensed_amount', 'plans.exchange_rate', 'placed.exchange_rate', part_places=12) }}
            else 0
        end as currency_amount
    from placed
    left join plans on placed.job_key = plans.job_key and placed.product_key = plans.product_key
),

totals as (
    select
        job_key,
        product_key,
        cost_group,
        cast(sum(actual_quantity) as decimal(38, 6)) as actual_quantity,
        cast(sum(abs(expensed_amount)) as decimal(38, 6)) as expensed_amount,
        count(case when actual_quantity is null then 1 end) = 0 and sum(actual_quantity) > 0 as is_counted
    from measured
    where cost_group is not null
    group by job_key, product_key, cost_group
),

weighed as (
    select
        measured.*,
        groups.planned_amount,
        groups.standard_quantity,
        groups.flexed_amount,
        totals.is_counted and groups.standard_quantity > 0 and groups.planned_amount > 0 as has_standard,
        case
            when totals.is_counted then cast(measured.actual_quantity as decimal(38, 6))
            else cast(abs(measured.expensed_amount) as decimal(38, 6))
        end as weight,
        case when totals.is_counted then totals.actual_quantity else totals.expensed_amount end as whole_weight
    from measured
    inner join groups
        on measured.job_key = groups.job_key and measured.product_key = groups.product_key and measured.cost_group = groups.cost_group
    inner join totals
        on measured.job_key = totals.job_key and measured.product_key = totals.product_key and measured.cost_group = totals.cost_group
),

running as (
    select
        *,
        cast(sum(weight) over (
            partition by job_key, product_key, cost_group order by event_on nulls last, event_key nulls last
            rows between unbounded preceding and current row
        ) as decimal(38, 6)) as running_weight
    from weighed
),

-- Each cost's part of the standard and of the flexed plan. Without a quantity all of the difference is one of the rate.
shared as (
    select
        *,
        coalesce(
            {{ share('flexed_amount', 'running_weight', 'whole_weight') }}
            - {{ share('flexed_amount', 'running_weight - weight', 'whole_weight') }},
            0
        ) as flexed_share,
        case
            when has_standard
                then
                    {{ share('planned_amount', 'running_weight', 'standard_quantity') }}
                    - {{ share('planned_amount', 'running_weight - weight', 'standard_quantity') }}
        end as standard_share
    from running
),

effects as (
    select
        event_key as evidence_key, job_key, product_key, event_on as effect_on, 'currency' as effect, 'currency_translation' as reason,
        currency_amount as cost_amount
    from measured
    union all
    select
        event_key, job_key, product_key, event_on, 'cost_rate', cost_type,
        expensed_amount - currency_amount - coalesce(standard_share, flexed_share)
    from shared
    union all
    select event_key, job_key, product_key, event_on, 'cost_efficiency', cost_type, standard_share - flexed_share
    from shared
    where has_standard
    union all
    select event_key, job_key, product_key, event_on, 'cost_unplanned', cost_type, expensed_amount - currency_amount
    from measured
    where cost_group is null
    -- What was planned for work that is delivered, and never spent.
    union all
    select
        {{ make_key(["'unspent'", 'groups.job_key', 'groups.product_key', 'groups.cost_group']) }}, groups.job_key, groups.product_key,
        coalesce(closed.closed_on, {{ as_of() }}), 'cost_efficiency', 'unspent', -groups.flexed_amount
    from groups
    left join totals
        on groups.job_key = totals.job_key and groups.product_key = totals.product_key and groups.cost_group = totals.cost_group
    left join {{ ref('int_job_closings') }} as closed on groups.job_key = closed.job_key
    where coalesce(totals.expensed_amount, 0) = 0 and totals.is_counted is not true
),

final as (
    select evidence_key, job_key, product_key, effect_on, effect, reason, cast(cost_amount as decimal(18, 2)) as cost_amount
    from effects
    where cost_amount <> 0
)

select * from final
