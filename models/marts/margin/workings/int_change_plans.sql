-- One row per approved change order: what it was planned to cost, and by which rule that is known.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage = 'change_order'
),

-- What one unit, and one hour, of the product was planned to cost.
standards as (
    select
        job_key,
        product_key,
        min(unit) as unit,
        min(currency) as currency,
        min(exchange_rate) as exchange_rate,
        cast(sum(document_amount) as decimal(18, 2)) as cost_amount,
        sum(quantity) as quantity,
        sum(hours) as hours
    from {{ ref('int_base_plans') }}
    where is_current
    group by job_key, product_key
    having count(distinct currency) = 1 and count(distinct unit) <= 1
),

-- By how much the budget rose when the change was approved: the first version since, less the last one before. Of several changes
-- between two versions the last one explains the rise.
budget_sides as (
    select
        events.event_key,
        events.job_key,
        events.product_key,
        events.event_on,
        budgets.version_on,
        budgets.budget_cost,
        budgets.currency,
        budgets.version_on < events.event_on as is_before
    from events
    inner join {{ ref('int_budget_versions') }} as budgets
        on events.job_key = budgets.job_key and events.product_key = budgets.product_key
    where budgets.budget_cost is not null
    qualify row_number() over (
        partition by events.event_key, budgets.phase, budgets.cost_type, budgets.version_on < events.event_on
        order by abs({{ days_between('budgets.version_on', 'events.event_on') }}) nulls last, budgets.job_budget_id nulls last
    ) = 1
),

compared as (
    select
        event_key,
        job_key,
        product_key,
        event_on,
        max(case when not is_before then version_on end) as risen_on,
        sum(case when is_before then -budget_cost else budget_cost end) as cost_amount,
        min(currency) as currency
    from budget_sides
    group by event_key, job_key, product_key, event_on
    having count(distinct is_before) = 2 and count(distinct currency) = 1
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
            when orders.quantity_delta <> 0 and standards.quantity > 0 and coalesce(events.unit = standards.unit, true)
                then 'quantity_at_planned_cost'
            when orders.hours_delta <> 0 and standards.hours > 0 then 'hours_at_planned_cost'
            when rises.cost_amount > 0 and rises.currency = standards.currency then 'rise_of_budget'
            when change_values.is_amount_only and events.document_amount <= 0 then 'no_planned_cost'
            else 'planned_cost_missing'
        end as plan_rule,
        orders.cost_delta,
        rises.cost_amount as rise_amount,
        orders.quantity_delta,
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
),

costed as (
    select
        *,
        case plan_rule
            when 'cost_delta' then cost_delta
            when 'quantity_at_planned_cost' then {{ share('cost_amount', 'quantity_delta', 'quantity') }}
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
