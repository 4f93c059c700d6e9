-- One row per entity handed over of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'extract_totals') }}
),

renamed as (
    select
        entity,
        cast(row_count as integer) as row_count,
        amount_total,
        extracted_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
