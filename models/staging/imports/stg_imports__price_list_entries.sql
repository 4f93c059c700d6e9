-- One row per entry of a price list of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'price_list_entries') }}
),

renamed as (
    select
        price_list_entry_id,
        product_id,
        currency,
        unit,
        list_price,
        segment,
        valid_from,
        valid_to,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
