-- One row per tax code, product category and first day of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'tax_rates') }}
),

renamed as (
    select
        tax_code,
        product_category,
        rate_pct,
        valid_from,
        valid_to,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
