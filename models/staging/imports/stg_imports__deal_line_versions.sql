-- One row per version of a deal line of an import folder.
with source as (
    {{ raw_versions('imports', 'deal_lines') }}
),

renamed as (
    select
        deal_line_id,
        deal_id,
        product_id,
        description,
        quantity,
        unit,
        unit_price,
        discount_amount,
        net_amount,
        planned_hours,
        planned_cost,
        _updated_at as updated_at,
        source_system,
        _version as version_number,
        _is_deleted as is_deleted,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
