-- One row per deal line of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'deal_lines') }}
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
        planned_cost_type,
        updated_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
