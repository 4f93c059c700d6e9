-- One row per change to a job's scope or price, as it is now.
with source as (
    {{ raw_latest('field_service', 'change_orders') }}
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
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
