-- One row per change order of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'change_orders') }}
),

renamed as (
    select
        change_order_id,
        deal_id,
        job_id,
        product_id,
        status,
        approved_on,
        quantity_delta,
        unit,
        hours_delta,
        amount_delta,
        cost_delta,
        currency,
        reason,
        updated_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
