-- One row per product of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'products') }}
),

renamed as (
    select
        product_id,
        product_code,
        product_name,
        product_category,
        unit,
        list_price,
        standard_cost,
        tax_code,
        currency,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
