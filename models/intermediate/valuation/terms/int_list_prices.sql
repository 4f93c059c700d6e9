-- One row per list price of a product: the entries of price lists with their days, and each catalogue's own price, which holds on any day.
with products as (
    select
        xref_product.product_key,
        product_units.unit,
        products.list_price,
        coalesce(products.currency, systems.base_currency) as currency,
        xref_product.source_system,
        xref_product.source_id as product_id
    from {{ ref('xref_product') }} as xref_product
    inner join {{ ref('int_product_units') }} as product_units
        on xref_product.source_system = product_units.source_system and xref_product.source_id = product_units.product_id
    left join {{ ref('cnf_products') }} as products
        on xref_product.source_system = products.source_system and xref_product.source_id = products.product_id
    left join {{ ref('int_source_systems') }} as systems on xref_product.source_system = systems.source_system
    where xref_product.source_entity <> 'product_codes' and xref_product.product_key <> 'unknown'
),

-- A price for one segment of customers is nobody's price in general.
prices as (
    select
        products.product_key,
        entries.source_system,
        entries.product_id,
        entries.price_list_entry_id,
        entries.list_price,
        coalesce(lower(trim(entries.unit)), products.unit) as unit,
        entries.currency,
        entries.valid_from,
        entries.valid_to
    from {{ ref('cnf_price_list_entries') }} as entries
    inner join products on entries.source_system = products.source_system and entries.product_id = products.product_id
    where entries.segment is null
    union all
    select
        product_key,
        source_system,
        product_id,
        cast(null as {{ dbt.type_string() }}),
        list_price,
        unit,
        currency,
        cast(null as date),
        cast(null as date)
    from products
    where list_price is not null
),

final as (
    select
        prices.product_key,
        prices.source_system,
        prices.product_id,
        prices.price_list_entry_id,
        prices.list_price,
        prices.unit,
        coalesce(units.base_unit, prices.unit) as base_unit,
        {{ in_base_unit('1', 'units.base_quantity') }} as base_quantity,
        prices.currency,
        prices.valid_from,
        prices.valid_to
    from prices
    left join {{ ref('unit_conversions') }} as units on prices.unit = units.unit
)

select * from final
