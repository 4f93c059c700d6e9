-- One row per job and product with what it was planned to cost: its plan, and what change orders added; and how much of
-- it is delivered.
with plans as (
    select
        job_key,
        product_key,
        sum(reporting_amount) as planned_cost_amount,
        min(plan_source) || '_' || max(plan_rule) as plan_rule,
        case when count(distinct currency) = 1 then min(currency) end as currency,
        max(exchange_rate) as exchange_rate,
        count(case when reporting_amount is null then 1 end) as rate_missing_count
    from {{ ref('int_base_plans') }}
    where is_current and document_amount is not null
    group by job_key, product_key
),

changes as (
    select
        job_key,
        product_key,
        sum(reporting_amount) as change_cost_amount,
        count(case when plan_rule = 'planned_cost_missing' then 1 end) as planned_cost_missing_count,
        max(case when is_amount_only then 1 else 0 end) = 1 as is_repriced
    from {{ ref('int_change_plans') }}
    group by job_key, product_key
),

scopes as (
    select
        job_key,
        product_key,
        sum(contracted_amount) as contracted_amount,
        sum(delivered_amount) as delivered_amount
    from (
        select job_key, product_key, contracted_amount, delivered_amount from {{ ref('fct_quote_to_cash') }}
        union all
        select job_key, product_key, 0, 0 from plans
    ) as parts
    group by job_key, product_key
),

-- What was sold and delivered, signed, as far as it is counted: a rebate, and a change of the price alone, are value
-- and no quantity.
items as (
    select
        job_key, product_key, sold_unit as unit, sold_quantity, 0 as delivered_quantity, document_amount = 0 as is_free,
        case when sold_quantity is null and document_amount > 0 then 1 else 0 end as is_unmeasured
    from {{ ref('int_commitment_items') }}
    union all
    select
        job_key, product_key, base_unit, 0,
        case when delivery_type in ('time', 'material', 'shipment') then base_quantity end,
        document_amount = 0 and valuation_rule <> 'unpriced',
        case when document_amount > 0 and (delivery_type not in ('time', 'material', 'shipment') or base_quantity is null) then 1 else 0 end
    from {{ ref('int_delivery_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }} and valuation_rule <> 'rebate'
),

quantities as (
    select
        job_key,
        product_key,
        cast(sum(sold_quantity) as decimal(38, 6)) as contracted_quantity,
        cast(sum(delivered_quantity) as decimal(38, 6)) as delivered_quantity,
        cast(sum(case when is_free then delivered_quantity - sold_quantity else 0 end) as decimal(38, 6)) as free_quantity,
        max(is_unmeasured) as is_unmeasured,
        coalesce(min(case when sold_quantity <> 0 then unit end), 'none') as contracted_unit,
        count(distinct case when sold_quantity <> 0 or delivered_quantity <> 0 then coalesce(unit, 'none') end) as unit_count
    from items
    where job_key <> 'unknown'
    group by job_key, product_key
),

final as (
    select
        scopes.job_key,
        scopes.product_key,
        cast(plans.planned_cost_amount as decimal(18, 2)) as planned_cost_amount,
        cast(coalesce(changes.change_cost_amount, 0) as decimal(18, 2)) as change_cost_amount,
        cast(coalesce(plans.planned_cost_amount, 0) + coalesce(changes.change_cost_amount, 0) as decimal(18, 2)) as total_cost_amount,
        plans.plan_rule,
        plans.currency,
        plans.exchange_rate,
        coalesce(plans.rate_missing_count, 0) as rate_missing_count,
        coalesce(changes.planned_cost_missing_count, 0) as planned_cost_missing_count,
        coalesce(changes.is_repriced, false) as is_repriced,
        cast(scopes.contracted_amount as decimal(18, 2)) as contracted_amount,
        cast(scopes.delivered_amount as decimal(18, 2)) as delivered_amount,
        quantities.contracted_unit,
        quantities.contracted_quantity,
        quantities.delivered_quantity,
        -- More, or less, that was delivered at nothing than was agreed to be free.
        coalesce(quantities.free_quantity, 0) as free_quantity,
        -- By quantity in the sold unit, save on a fixed price and where a part has none, or another.
        coalesce(
            terms.job_type not in ('fixed_price', 'permanent_placement')
            and quantities.is_unmeasured = 0 and quantities.unit_count = 1 and quantities.contracted_quantity > 0,
            false
        ) as is_by_quantity
    from scopes
    left join plans on scopes.job_key = plans.job_key and scopes.product_key = plans.product_key
    left join changes on scopes.job_key = changes.job_key and scopes.product_key = changes.product_key
    left join quantities on scopes.job_key = quantities.job_key and scopes.product_key = quantities.product_key
    left join {{ ref('int_job_terms') }} as terms on scopes.job_key = terms.job_key
)

select * from final
