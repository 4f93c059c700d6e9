-- One row per approved change order: what it was planned to cost, and by which rule that is known.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage = 'change_order'
),

plan_lines as (
    select
        plans.*,
        coalesce(units.base_unit, lower(trim(plans.unit))) as base_unit,
        coalesce(units.base_quantity, 1) as unit_quantity,
        {{ in_base_unit('plans.quantity', 'units.base_quantity') }} as base_quantity
    from {{ ref('int_base_plans') }} as plans
    left join {{ ref('unit_conversions') }} as units on lower(trim(plans.unit)) = units.unit
    where plans.is_current
),

-- What one unit, and one hour, of the product was planned to cost, where all of its plan is in that unit.
standards as (
    select
        job_key,
        product_key,
        case when count(distinct coalesce(base_unit, 'none')) = 1 then min(base_unit) end as base_unit,
        min(unit_quantity) as unit_quantity,
        min(currency) as currency,
        min(exchange_rate) as exchange_rate,
        cast(sum(document_amount) as decimal(18, 2)) as cost_amount,
        case
            when count(case when document_amount <> 0 and base_quantity is null then 1 end) = 0 and count(distinct coalesce(base_unit, 'none')) = 1
                then sum(base_quantity)
        end as quantity,
        case
            when count(case when document_amount <> 0 and hours is null then 1 end) = 0 then sum(hours)
            when count(case when document_amount <> 0 and (base_quantity is null or coalesce(base_unit, 'none') <> 'hour') then 1 end) = 0
                then sum(base_quantity)
        end as hours
    from plan_lines
    group by job_key, product_key
    having count(distinct currency) = 1
),

budgets as (
    select *, coalesce(phase, '') || '|' || coalesce(cost_type, '') as budget_line
    from {{ ref('int_budget_versions') }}
    where budget_cost is not null
),

-- By how much the budget rose when the change was approved: of each line the first version since, less what stood
-- before. Of several changes between two versions the last one explains the rise.
moments as (
    select
        events.event_key,
        events.job_key,
        events.product_key,
        events.event_on,
        budgets.budget_line,
        min(case when budgets.version_on >= events.event_on then budgets.version_on end) as risen_on
    from events
    inner join budgets on events.job_key = budgets.job_key and events.product_key = budgets.product_key
    group by events.event_key, events.job_key, events.product_key, events.event_on, budgets.budget_line
),

lines as (
    select
        moments.*,
        budgets.budget_cost,
        budgets.currency,
        budgets.estimated_on,
        budgets.version_on,
        budgets.version_number,
        budgets.source_system,
        budgets.job_budget_id
    from moments
    inner join budgets
        on
            moments.job_key = budgets.job_key
            and moments.product_key = budgets.product_key
            and moments.budget_line = budgets.budget_line
),

sides as (
    select *, 'before' as side from lines
    where version_on < event_on
    union all
    select *, 'after' as side from lines
    where version_on < event_on or version_on <= risen_on
),

standing as (
    select * from sides
    qualify row_number() over (
        partition by event_key, budget_line, side, source_system, job_budget_id order by version_number desc nulls last
    ) = 1
),

lasting as (
    select * from standing
    qualify rank() over (partition by event_key, budget_line, side order by estimated_on desc nulls last) = 1
),

compared as (
    select
        event_key,
        job_key,
        product_key,
        event_on,
        max(risen_on) as risen_on,
        sum(case when side = 'before' then -budget_cost else budget_cost end) as cost_amount,
        min(currency) as currency
    from lasting
    group by event_key, job_key, product_key, event_on
    having count(distinct side) = 2 and max(risen_on) is not null and count(distinct currency) = 1
),

rises as (
    select event_key, cost_amount, currency
    from compared
    qualify row_number() over (
        partition by job_key, product_key, risen_on order by event_on desc nulls last, event_key desc nulls last
    ) = 1
),

ruled as (
    select
        events.event_key,
        events.job_key,
        events.product_key,
        events.event_on,
        events.reporting_amount as value_amount,
        change_values.is_amount_only,
        case when orders.cost_delta is not null then events.currency else standards.currency end as currency,
        case when orders.cost_delta is not null then events.exchange_rate else standards.exchange_rate end as exchange_rate,
        case
            when orders.cost_delta is not null then 'cost_delta'
            when
                orders.quantity_delta <> 0 and standards.quantity > 0
                and coalesce(coalesce(units.base_unit, lower(trim(events.unit))) = standards.base_unit, true)
                then 'quantity_at_planned_cost'
            when orders.hours_delta <> 0 and standards.hours > 0 then 'hours_at_planned_cost'
            when rises.cost_amount > 0 and rises.currency = standards.currency then 'rise_of_budget'
            when change_values.is_amount_only and events.document_amount <= 0 then 'no_planned_cost'
            else 'planned_cost_missing'
        end as plan_rule,
        orders.cost_delta,
        rises.cost_amount as rise_amount,
        orders.quantity_delta,
        {{ in_base_unit(
            'orders.quantity_delta', 'coalesce(units.base_quantity, case when events.unit is null then standards.unit_quantity end)'
        ) }} as base_quantity_delta,
        orders.hours_delta,
        standards.cost_amount,
        standards.quantity,
        standards.hours,
        events.unit,
        events.source_system,
        events.source_id,
        events.load_id
    from events
    inner join {{ ref('int_change_order_values') }} as change_values on events.event_key = change_values.event_key
    inner join {{ ref('cnf_change_orders') }} as orders
        on change_values.source_system = orders.source_system and change_values.source_id = orders.change_order_id
    left join rises on events.event_key = rises.event_key
    left join standards on events.job_key = standards.job_key and events.product_key = standards.product_key
    left join {{ ref('unit_conversions') }} as units on lower(trim(events.unit)) = units.unit
),

costed as (
    select
        *,
        case plan_rule
            when 'cost_delta' then cost_delta
            when 'quantity_at_planned_cost' then {{ share('cost_amount', 'base_quantity_delta', 'quantity') }}
            when 'rise_of_budget' then rise_amount
            when 'hours_at_planned_cost' then {{ share('cost_amount', 'hours_delta', 'hours') }}
            else 0
        end as document_amount
    from ruled
),

final as (
    select
        event_key,
        job_key,
        product_key,
        event_on,
        plan_rule,
        is_amount_only,
        quantity_delta as quantity,
        unit,
        hours_delta as hours,
        currency,
        cast(document_amount as decimal(18, 2)) as document_amount,
        cast(case when document_amount = 0 then 0 else {{ converted('document_amount', 'exchange_rate') }} end as decimal(18, 2)) as reporting_amount,
        -- Money taken off, and nothing of the work with it.
        is_amount_only and value_amount < 0 and document_amount = 0 as is_discount,
        source_system,
        source_id,
        load_id
    from costed
)

select * from final
