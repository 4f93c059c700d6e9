-- One row per accounting period of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'periods') }}
),

renamed as (
    select
        period_id,
        starts_on,
        ends_on,
        closed_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
