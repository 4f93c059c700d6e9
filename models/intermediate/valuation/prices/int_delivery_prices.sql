-- One row per delivery: what it is worth, by the first rule of the price ladder that says so, and which rule that was.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

order_prices as (
    select * from {{ ref('int_delivery_order_prices') }}
),

line_prices as (
    select * from {{ ref('int_delivery_line_prices') }}
),

list_prices as (
    select * from {{ ref('int_delivery_list_prices') }}
),

-- What each step of the ladder would give; a step that cannot price the delivery's unit gives nothing.
steps as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.delivery_type,
        deliveries.job_type,
        deliveries.is_billable,
        deliveries.currency,
        contract_prices.document_amount as contract_amount,
        contract_prices.valuation_rule as contract_rule,
        contract_prices.currency as contract_currency,
        contract_prices.contract_rate_id,
        order_prices.document_amount as order_amount,
        order_prices.currency as order_currency,
        line_prices.document_amount as line_amount,
        line_prices.currency as line_currency,
        line_prices.deal_line_id,
        list_prices.document_amount as list_amount,
        list_prices.currency as list_currency,
        milestones.document_amount as milestone_amount,
        milestones.valuation_rule as milestone_rule,
        milestones.currency as milestone_currency,
        milestones.deal_line_id as milestone_line_id,
        fees.fee_amount,
        fees.currency as fee_currency,
        coalesce(deliveries.value_amount, {{ extended('deliveries.quantity', 'deliveries.unit_price') }}) as source_amount
    from deliveries
    left join {{ ref('int_contract_prices') }} as contract_prices
        on deliveries.source_system = contract_prices.source_system and deliveries.delivery_id = contract_prices.delivery_id
    left join order_prices
        on deliveries.source_system = order_prices.source_system and deliveries.delivery_id = order_prices.delivery_id
    left join line_prices
        on deliveries.source_system = line_prices.source_system and deliveries.delivery_id = line_prices.delivery_id
    left join list_prices
        on deliveries.source_system = list_prices.source_system and deliveries.delivery_id = list_prices.delivery_id
    left join {{ ref('int_milestone_values') }} as milestones
        on deliveries.source_system = milestones.source_system and deliveries.delivery_id = milestones.delivery_id
    left join {{ ref('int_permanent_fees') }} as fees
        on deliveries.source_system = fees.source_system and deliveries.delivery_id = fees.delivery_id
),

ruled as (
    select
        *,
        case
            when not is_billable then 'free'
            when delivery_type = 'expense' then case when source_amount is null then 'unpriced' else 'source_value' end
            when fee_amount is not null then 'permanent_fee'
            when
                job_type = 'fixed_price' and delivery_type = 'milestone'
                then case when milestone_amount is null then 'unpriced' else milestone_rule end
            when job_type = 'fixed_price' then 'fixed_price_input'
            when contract_amount is not null and coalesce(job_type, '') <> 'product_order' then contract_rule
            when order_amount is not null then 'order_line_price'
            when line_amount is not null then 'deal_line_price'
            when list_amount is not null then 'list_price'
            else 'unpriced'
        end as valuation_rule
    from steps
),

final as (
    select
        source_system,
        delivery_id,
        valuation_rule,
        cast(case
            when valuation_rule in ('free', 'fixed_price_input', 'unpriced') then 0
            when valuation_rule = 'source_value' then source_amount
            when valuation_rule = 'permanent_fee' then fee_amount
            when valuation_rule like 'milestone%' then milestone_amount
            when valuation_rule like 'contract_rate%' then contract_amount
            when valuation_rule = 'order_line_price' then order_amount
            when valuation_rule = 'deal_line_price' then line_amount
            when valuation_rule = 'list_price' then list_amount
        end as decimal(18, 2)) as document_amount,
        coalesce(case
            when valuation_rule = 'permanent_fee' then fee_currency
            when valuation_rule like 'milestone%' then milestone_currency
            when valuation_rule like 'contract_rate%' then contract_currency
            when valuation_rule = 'order_line_price' then order_currency
            when valuation_rule = 'deal_line_price' then line_currency
            when valuation_rule = 'list_price' then list_currency
        end, currency) as currency,
        case when valuation_rule like 'contract_rate%' then contract_rate_id end as contract_rate_id,
        case when valuation_rule = 'deal_line_price' then deal_line_id when valuation_rule like 'milestone%' then milestone_line_id end
            as deal_line_id
    from ruled
)

select * from final
