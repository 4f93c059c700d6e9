-- One row per delivery that arrived, with its worth; those not accepted carry the reason why they do not count.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

-- Joins of their own: an outer join on more than plain equalities compares every delivery with every price.
by_named_line as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        lines.currency,
        {{ priced('lines.price_amount', 'lines.price_quantity', 'lines', 6) }} as document_amount
    from deliveries
    inner join {{ ref('int_order_lines') }} as lines on deliveries.order_line_key = lines.order_line_key
    where {{ can_price('lines') }}
),

by_lines_of_job as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        prices.currency,
        {{ priced('prices.price_amount', 'prices.price_quantity', 'prices', 6) }} as document_amount
    from deliveries
    inner join {{ ref('int_order_prices') }} as prices
        on deliveries.job_key = prices.job_key and deliveries.product_key = prices.product_key
    where deliveries.order_line_key is null and {{ can_price('prices') }}
),

-- The order line that it names, else the lines of its product on its job together.
order_prices as (
    select * from by_named_line
    union all
    select * from by_lines_of_job
),

deal_line_prices as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        prices.currency,
        prices.deal_line_id,
        {{ priced('prices.net_amount', 'prices.quantity', 'prices', 6) }} as document_amount
    from deliveries
    inner join {{ ref('int_line_prices') }} as prices on deliveries.deal_key = prices.deal_key
    where
        (deliveries.product_key = prices.product_key or (deliveries.product_key = 'unknown' and prices.is_only_product))
        and {{ can_price('prices') }}
),

-- The list of the day.
list_prices as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        prices.currency,
        {{ priced('prices.list_price', '1', 'prices', 6) }} as document_amount
    from deliveries
    inner join {{ ref('int_list_prices') }} as prices on deliveries.product_key = prices.product_key
    where
        deliveries.product_key <> 'unknown'
        and deliveries.delivered_on >= coalesce(prices.valid_from, deliveries.delivered_on)
        and deliveries.delivered_on <= coalesce(prices.valid_to, deliveries.delivered_on)
        and {{ can_price('prices') }}
    qualify row_number() over (
        partition by deliveries.source_system, deliveries.delivery_id
        order by {{ list_price_order('prices', 'deliveries.currency', 'deliveries.source_system', 'deliveries.product_id') }}
    ) = 1
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
        deal_line_prices.document_amount as line_amount,
        deal_line_prices.currency as line_currency,
        deal_line_prices.deal_line_id,
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
    left join deal_line_prices
        on deliveries.source_system = deal_line_prices.source_system and deliveries.delivery_id = deal_line_prices.delivery_id
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

-- By the first rule of the price ladder that says what it is worth.
prices as (
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
),

final as (
    select
        {{ make_key(["'delivered'", 'deliveries.source_system', "'deliveries'", 'deliveries.delivery_id']) }} as event_key,
        'delivered' as stage,
        deliveries.deal_key,
        deliveries.contract_key,
        deliveries.job_key,
        deliveries.work_order_key,
        deliveries.product_key,
        deliveries.customer_key,
        deliveries.person_key,
        deliveries.delivered_on as event_on,
        deliveries.delivered_on as rate_on,
        deliveries.quantity,
        deliveries.unit,
        prices.currency,
        prices.document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        prices.valuation_rule,
        deliveries.job_match_rule,
        case
            when deliveries.status <> 'approved' then deliveries.status
            when deliveries.delivery_type = 'milestone' and deliveries.accepted_on is null then 'not_accepted'
        end as left_out_reason,
        deliveries.delivery_id,
        deliveries.delivery_type,
        deliveries.base_unit,
        deliveries.unit_quantity,
        deliveries.base_quantity,
        deliveries.day_quantity,
        deliveries.week_quantity,
        deliveries.month_quantity,
        prices.deal_line_id,
        prices.contract_rate_id,
        deliveries.period_starts_on,
        deliveries.period_ends_on,
        deliveries.source_system,
        'deliveries' as source_entity,
        deliveries.delivery_id as source_id,
        deliveries.load_id
    from deliveries
    inner join prices
        on deliveries.source_system = prices.source_system and deliveries.delivery_id = prices.delivery_id
)

select * from final
