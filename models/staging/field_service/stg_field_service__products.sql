-- One row per item of the work-order database's catalogue, as it is now.
with source as (
    {{ raw_latest('field_service', 'products') }}
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
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
