-- One row per product record: the list price of its own system's catalogue, else of another system's record of the same product.
with products as (
    select
        products.*,
        xref_product.product_key,
        coalesce(units.base_unit, lower(trim(products.unit))) as base_unit,
        {{ in_base_unit('1', 'units.base_quantity') }} as base_quantity,
        coalesce(products.currency, systems.base_currency) as price_currency
    from {{ ref('cnf_products') }} as products
    inner join {{ ref('xref_product') }} as xref_product
        on
            products.source_system = xref_product.source_system
            and products.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    left join {{ ref('int_source_systems') }} as systems on products.source_system = systems.source_system
    left join {{ ref('unit_conversions') }} as units on lower(trim(products.unit)) = units.unit
),

ranked as (
    select
        products.source_system,
        products.product_id,
        priced.price_currency as currency,
        priced.list_price,
        priced.base_unit,
        priced.base_quantity,
        row_number() over (
            partition by products.source_system, products.product_id
            order by
                priced.product_id = products.product_id and priced.source_system = products.source_system desc,
                priced.source_system = products.source_system desc,
                priced.source_system,
                priced.product_id
        ) as position
    from products
    inner join products as priced on products.product_key = priced.product_key
    where priced.list_price is not null
),

final as (
    select source_system, product_id, currency, list_price, base_unit, base_quantity
    from ranked
    where position = 1
)

select * from final
