-- One row per delivery that arrived, with its worth; those not accepted carry the reason why they do not count.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

prices as (
    select * from {{ ref('int_delivery_prices') }}
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
