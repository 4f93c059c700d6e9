-- One row per pair of currencies and day of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'fx_rates') }}
),

renamed as (
    select
        from_currency,
        to_currency,
        rate_on,
        rate,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
