-- One row per job and product: what it will have cost when it is done, by which rule, and how much of it is delivered.
with costs as (
    select * from {{ ref('int_placed_costs') }}
),

budgets as (
    select * from {{ ref('int_budget_versions') }}
),

plans as (
    select * from {{ ref('int_base_plans') }}
),

rates as (
    select
        job_key,
        currency,
        exchange_rate
    from plans
    where exchange_rate is not null
    qualify row_number() over (partition by job_key, currency order by version_on nulls last, record_key nulls last) = 1
),

day_rates as (
    select source_system, currency, rate from {{ ref('int_reporting_rates') }}
    where rate_on = {{ as_of() }}
),

-- What is still to come is worth what its currency is on the day of the position, else what it was on that of the
-- booking.
to_complete as (
    select
        budgets.job_key,
        budgets.product_key,
        max(budgets.estimated_on) as estimated_on,
        sum({{ converted(
            'budgets.estimate_to_complete_cost',
            "case when budgets.currency = '" ~ var('reporting_currency') ~ "' then 1 else coalesce(day_rates.rate, rates.exchange_rate) end"
        ) }}) as to_complete_amount
    from budgets
    left join day_rates on budgets.source_system = day_rates.source_system and budgets.currency = day_rates.currency
    left join rates on budgets.job_key = rates.job_key and budgets.currency = rates.currency
    where budgets.is_estimate_now
    group by budgets.job_key, budgets.product_key
),

-- A budget knows of the changes that were approved by its day.
budgeted as (
    select
        job_key,
        product_key,
        max(budget_now_on) as budgeted_on,
        sum(reporting_amount) as budget_amount
    from plans
    where budget_now_on is not null
    group by job_key, product_key
),

changed_since as (
    select
        changes.job_key,
        changes.product_key,
        sum(changes.reporting_amount) as change_amount
    from {{ ref('int_change_plans') }} as changes
    inner join budgeted on changes.job_key = budgeted.job_key and changes.product_key = budgeted.product_key
    where changes.event_on > budgeted.budgeted_on
    group by changes.job_key, changes.product_key
),

-- An estimate of what is still to come was made of the cost up to its day.
spent as (
    select
        costs.job_key,
        costs.product_key,
        sum(costs.cost_amount) as cost_amount,
        sum(case when costs.is_delivered then costs.cost_amount else 0 end) as delivered_cost_amount,
        sum(case when costs.event_on <= to_complete.estimated_on then costs.cost_amount else 0 end) as estimated_cost_amount
    from costs
    left join to_complete on costs.job_key = to_complete.job_key and costs.product_key = to_complete.product_key
    group by costs.job_key, costs.product_key
),

ruled as (
    select
        progress.*,
        coalesce(spent.cost_amount, 0) as cost_amount,
        coalesce(spent.delivered_cost_amount, 0) as delivered_cost_amount,
        case
            when to_complete.to_complete_amount is not null then 'estimate_to_complete'
            when budgeted.budget_amount is not null then 'budget'
            when progress.planned_cost_amount is not null or progress.change_cost_amount <> 0 then 'plan'
            else 'cost_to_date'
        end as eac_rule,
        case
            when to_complete.to_complete_amount is not null then coalesce(spent.estimated_cost_amount, 0) + to_complete.to_complete_amount
            when budgeted.budget_amount is not null then budgeted.budget_amount + coalesce(changed_since.change_amount, 0)
            else progress.total_cost_amount
        end as estimated_amount
    from {{ ref('int_planned_costs') }} as progress
    left join spent on progress.job_key = spent.job_key and progress.product_key = spent.product_key
    left join to_complete on progress.job_key = to_complete.job_key and progress.product_key = to_complete.product_key
    left join budgeted on progress.job_key = budgeted.job_key and progress.product_key = budgeted.product_key
    left join changed_since on progress.job_key = changed_since.job_key and progress.product_key = changed_since.product_key
),

final as (
    select
        job_key,
        product_key,
        eac_rule,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        cast(delivered_cost_amount as decimal(18, 2)) as delivered_cost_amount,
        -- Never less than what was spent.
        cast(greatest(estimated_amount, cost_amount) as decimal(18, 2)) as eac_amount,
        cast(case when is_by_quantity then contracted_quantity else contracted_amount end as decimal(38, 6)) as contracted_measure,
        cast(case when is_by_quantity then delivered_quantity else delivered_amount end as decimal(38, 6)) as delivered_measure
    from ruled
)

select * from final
