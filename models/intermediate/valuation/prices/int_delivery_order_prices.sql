-- One row per delivery that an order line prices: the line it names, else the lines of its product on its job together.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

-- Joins of their own: an outer join on more than plain equalities compares every delivery with every line.
named as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        lines.currency,
        {{ priced('lines.price_amount', 'lines.price_quantity', 'lines', 6) }} as document_amount
    from deliveries
    inner join {{ ref('int_order_lines') }} as lines on deliveries.order_line_key = lines.order_line_key
    where {{ can_price('lines') }}
),

unnamed as (
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

final as (
    select * from named
    union all
    select * from unnamed
)

select * from final
where document_amount is not null
