-- One row per movement of stock, as it is now.
with source as (
    {{ raw_latest('field_service', 'stock_moves') }}
),

renamed as (
    select
        stock_move_id,
        delivery_id,
        product_id,
        quantity,
        moved_on,
        cost_amount,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
