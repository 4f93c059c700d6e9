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

-- What stands of a booking: a win that was taken back booked nothing.
booked as (
    select
        deal_key,
        job_key,
        product_key,
        sum(document_amount) as document_amount,
        min(currency) as currency,
        max(exchange_rate) as exchange_rate,
        sum(case when valuation_rule = 'un_won' then -1 else 1 end) as booking_count,
        count(distinct currency) as currency_count
    from {{ ref('fct_stage_events') }}
    where stage = 'booked'
    group by deal_key, job_key, product_key
),

booked_products as (
    select
        job_key,
        product_key,
        sum(booking_count) > 0 as is_booked
    from booked
    group by job_key, product_key
),

quotes as (
    select * from {{ ref('int_accepted_quotes') }}
),

quoted_deals as (
    select deal_key, min(currency) as currency from quotes
    group by deal_key
),

-- The bookings that a deal's accepted quote is held against. What was quoted of a product that was not booked stands
-- against those that were not quoted, else against all.
bookings as (
    select
        booked.*,
        coalesce(quotes.product_key, 'not_quoted') as quoted_product_key,
        max(case when quotes.product_key is null then 1 else 0 end) over (partition by booked.deal_key) as has_unquoted
    from booked
    inner join quoted_deals on booked.deal_key = quoted_deals.deal_key and booked.currency = quoted_deals.currency
    left join quotes on booked.deal_key = quotes.deal_key and booked.product_key = quotes.product_key
    where booked.booking_count > 0 and booked.document_amount > 0 and booked.currency_count = 1
),

sold_products as (
    select distinct deal_key, product_key from bookings
),

unbooked as (
    select
        quotes.deal_key,
        sum(quotes.quoted_amount) as quoted_amount
    from quotes
    left join sold_products on quotes.deal_key = sold_products.deal_key and quotes.product_key = sold_products.product_key
    where sold_products.deal_key is null
    group by quotes.deal_key
),

parts as (
    select bookings.*, quotes.quoted_amount, bookings.quoted_product_key as part
    from bookings
    inner join quotes on bookings.deal_key = quotes.deal_key and bookings.product_key = quotes.product_key
    union all
    select bookings.*, coalesce(unbooked.quoted_amount, 0), 'unbooked'
    from bookings
    left join unbooked on bookings.deal_key = unbooked.deal_key
    where bookings.quoted_product_key = 'not_quoted' or bookings.has_unquoted = 0
),

shared as (
    select
        *,
        sum(document_amount) over (
            partition by deal_key, part order by job_key nulls last, product_key nulls last rows between unbounded preceding and current row
        ) as running_amount,
        sum(document_amount) over (partition by deal_key, part) as whole_amount
    from parts
),

-- What the customer accepted, once a deal, at the rate of the booking.
quoted as (
    select
        job_key,
        product_key,
        sum({{ converted(
            share('quoted_amount', 'running_amount', 'whole_amount')
            ~ ' - ' ~ share('quoted_amount', 'running_amount - document_amount', 'whole_amount'),
            'exchange_rate'
        ) }}) as quoted_amount
    from shared
    group by job_key, product_key
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
        -- Nothing booked and nothing planned is 0; without a plan what was booked has none.
        case when booked_products.is_booked then plans.planned_cost_amount else coalesce(plans.planned_cost_amount, 0) end as planned_cost_amount,
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
        coalesce(closings.is_final, false) as is_final,
        coalesce(amounts.rate_missing_count, 0) + plans.rate_missing_count as rate_missing_count,
        plans.planned_cost_missing_count,
        coalesce(amounts.booked_amount, 0) - quoted.quoted_amount as negotiated_amount
    from plans
    left join amounts on plans.job_key = amounts.job_key and plans.product_key = amounts.product_key
    left join concessions on plans.job_key = concessions.job_key and plans.product_key = concessions.product_key
    left join costs on plans.job_key = costs.job_key and plans.product_key = costs.product_key
    left join taken_back on plans.job_key = taken_back.job_key and plans.product_key = taken_back.product_key
    left join booked_products on plans.job_key = booked_products.job_key and plans.product_key = booked_products.product_key
    left join quoted on plans.job_key = quoted.job_key and plans.product_key = quoted.product_key
    left join jobs on plans.job_key = jobs.job_key
    left join contracts on jobs.contract_key = contracts.contract_key
    left join {{ ref('int_job_closings') }} as closings on plans.job_key = closings.job_key
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
        derived.is_final,
        cast(derived.rate_missing_count as integer) as rate_missing_count,
        cast(derived.planned_cost_missing_count as integer) as planned_cost_missing_count
    from derived
    left join jobs on derived.job_key = jobs.job_key
)

select * from final
