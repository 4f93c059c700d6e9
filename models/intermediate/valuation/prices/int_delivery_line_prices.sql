-- One row per delivery that the lines of its deal for its product price.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

line_prices as (
    select * from {{ ref('int_line_prices') }}
),

-- Joins of their own: an outer join on more than plain equalities compares every delivery with every price.
by_product as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        line_prices.currency,
        line_prices.deal_line_id,
        {{ priced('line_prices.net_amount', 'line_prices.quantity', 'line_prices', 6) }} as document_amount
    from deliveries
    inner join line_prices on deliveries.deal_key = line_prices.deal_key
    where
        (deliveries.product_key = line_prices.product_key or (deliveries.product_key = 'unknown' and line_prices.is_only_product))
        and {{ can_price('line_prices') }}
),

final as (
    select * from by_product
    where document_amount is not null
)

select * from final
