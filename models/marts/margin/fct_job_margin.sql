-- One row per job and product.
{% set types = {
    'labour': 'labour', 'pay': 'pay_item', 'material': 'material', 'subcontract': 'subcontract', 'expense': 'expense',
} %}
with amounts as (
    select * from {{ ref('fct_quote_to_cash') }}
),

plans as (
    select * from {{ ref('int_planned_costs') }}
),

concessions as (
    select
        job_key,
        product_key,
        sum(case when effect = 'concession' then value_amount else 0 end) as concession_amount,
        sum(case when kind = 'billed_short' then value_amount else 0 end) as billed_short_amount,
        sum(case when effect is null then value_amount else 0 end) as credit_loss_amount
    from {{ ref('int_concessions') }}
    group by job_key, product_key
),

costs as (
    select
        job_key,
        product_key,
        sum(cost_amount) as cost_amount,
        {% for kind, type in types.items() %}
            sum(case when cost_type = '{{ type }}' then cost_amount else 0 end) as {{ kind }}_cost_amount,
        {% endfor %}
        sum(wip_amount) as wip_amount
    from {{ ref('int_margin_costs') }}
    group by job_key, product_key
),

-- Inside delivered already.
taken_back as (
    select
        job_key,
        product_key,
        sum(case when valuation_rule = 'rebate' then reporting_amount else 0 end) as rebate_amount,
        sum(case when valuation_rule <> 'rebate' then reporting_amount else 0 end) as returned_amount
    from {{ ref('fct_stage_events') }}
    where stage = 'delivered' and reporting_amount < 0
    group by job_key, product_key
),

-- What the customer accepted, at the rate of the booking.
quoted as (
    select
        events.job_key,
        events.product_key,
        min({{ converted('quotes.quoted_amount', 'events.exchange_rate') }}) as quoted_amount
    from {{ ref('int_accepted_quotes') }} as quotes
    inner join {{ ref('fct_stage_events') }} as events
        on quotes.deal_key = events.deal_key and quotes.product_key = events.product_key and quotes.currency = events.currency
    where events.stage = 'booked' and events.reporting_amount > 0
    group by events.job_key, events.product_key
),

waiting as (
    select distinct job_key from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and reason = 'within_billing_window'
),

jobs as (
    select * from {{ ref('dim_job') }}
),

contracts as (
    select * from {{ ref('dim_contract') }}
),

summed as (
    select
        plans.job_key,
        plans.product_key,
        plans.plan_rule,
        {% for name in ['booked', 'contracted', 'delivered', 'recognised', 'cash'] %}
            coalesce(amounts.{{ name }}_amount, 0) as {{ name }}_amount,
        {% endfor %}
        case when coalesce(amounts.booked_amount, 0) = 0 then coalesce(plans.planned_cost_amount, 0) else plans.planned_cost_amount end
            as planned_cost_amount,
        {% for name in ['concession', 'billed_short', 'credit_loss'] %}
            coalesce(concessions.{{ name }}_amount, 0) as {{ name }}_amount,
        {% endfor %}
        {% for name in ['rebate', 'returned'] %}
            coalesce(taken_back.{{ name }}_amount, 0) as {{ name }}_amount,
        {% endfor %}
        {% for name in ['labour_cost', 'pay_cost', 'material_cost', 'subcontract_cost', 'expense_cost', 'cost', 'wip'] %}
            coalesce(costs.{{ name }}_amount, 0) as {{ name }}_amount,
        {% endfor %}
        case when contracts.recognition_rule = 'point_in_time' then coalesce(costs.wip_amount, 0) else 0 end as recognised_wip_amount,
        -- A job whose completion is dated after the day of the position is still in progress.
        coalesce(policies.status in ('completed', 'cancelled'), false) and waiting.job_key is null as is_final,
        coalesce(amounts.rate_missing_count, 0) + plans.rate_missing_count as rate_missing_count,
        plans.planned_cost_missing_count,
        coalesce(amounts.booked_amount, 0) - quoted.quoted_amount as negotiated_amount
    from plans
    left join amounts on plans.job_key = amounts.job_key and plans.product_key = amounts.product_key
    left join concessions on plans.job_key = concessions.job_key and plans.product_key = concessions.product_key
    left join costs on plans.job_key = costs.job_key and plans.product_key = costs.product_key
    left join taken_back on plans.job_key = taken_back.job_key and plans.product_key = taken_back.product_key
    left join quoted on plans.job_key = quoted.job_key and plans.product_key = quoted.product_key
    left join jobs on plans.job_key = jobs.job_key
    left join contracts on jobs.contract_key = contracts.contract_key
    left join {{ ref('int_job_policies') }} as policies on plans.job_key = policies.job_key
    left join waiting on plans.job_key = waiting.job_key
),

derived as (
    select
        *,
        booked_amount - planned_cost_amount as planned_margin_amount,
        delivered_amount + concession_amount + billed_short_amount as realised_value_amount,
        delivered_amount + concession_amount + billed_short_amount - (cost_amount - wip_amount) as realised_margin_amount
    from summed
),

final as (
    select
        {{ make_key(['derived.job_key', 'derived.product_key']) }} as job_margin_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        derived.job_key,
        derived.product_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        {{ as_of() }} as as_of_on,
        coalesce(jobs.job_type, 'unknown') as job_type,
        derived.plan_rule,
        coalesce(jobs.legal_entity, 'unknown') as legal_entity,
        {% for name in [
            'booked', 'contracted', 'delivered', 'recognised', 'cash', 'planned_cost', 'planned_margin', 'negotiated', 'concession', 'billed_short',
            'credit_loss', 'rebate', 'returned', 'realised_value', 'labour_cost', 'pay_cost', 'material_cost', 'subcontract_cost', 'expense_cost', 'cost', 'wip',
            'recognised_wip', 'realised_margin',
        ] %}
            cast(derived.{{ name }}_amount as decimal(18, 2)) as {{ name }}_amount,
        {% endfor %}
        cast(derived.recognised_amount - (derived.cost_amount - derived.recognised_wip_amount) as decimal(18, 2)) as recognised_margin_amount,
        cast(derived.cash_amount - derived.cost_amount as decimal(18, 2)) as cash_margin_amount,
        case when derived.booked_amount > 0 then {{ share('100', 'derived.planned_margin_amount', 'derived.booked_amount') }} end
            as planned_margin_pct,
        case when derived.realised_value_amount > 0 then {{ share('100', 'derived.realised_margin_amount', 'derived.realised_value_amount') }} end
            as realised_margin_pct,
        coalesce(derived.is_final, false) as is_final,
        cast(derived.rate_missing_count as integer) as rate_missing_count,
        cast(derived.planned_cost_missing_count as integer) as planned_cost_missing_count
    from derived
    left join jobs on derived.job_key = jobs.job_key
)

select * from final
