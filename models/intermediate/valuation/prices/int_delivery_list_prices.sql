-- One row per delivery for which a list has a price on the day.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
    where product_key <> 'unknown'
),

in_force as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        prices.currency,
        {{ priced('prices.list_price', '1', 'prices', 6) }} as document_amount,
        row_number() over (
            partition by deliveries.source_system, deliveries.delivery_id
            order by {{ list_price_order('prices', 'deliveries.currency', 'deliveries.source_system', 'deliveries.product_id') }}
        ) as position
    from deliveries
    inner join {{ ref('int_list_prices') }} as prices on deliveries.product_key = prices.product_key
    where
        deliveries.delivered_on >= coalesce(prices.valid_from, deliveries.delivered_on)
        and deliveries.delivered_on <= coalesce(prices.valid_to, deliveries.delivered_on)
        and {{ can_price('prices') }}
),

final as (
    select source_system, delivery_id, currency, document_amount
    from in_force
    where position = 1
)

select * from final
