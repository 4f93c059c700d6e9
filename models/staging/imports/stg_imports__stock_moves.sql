-- One row per stock move of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'stock_moves') }}
),

renamed as (
    select
        stock_move_id,
        delivery_id,
        product_id,
        quantity,
        moved_on,
        cost_amount,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
