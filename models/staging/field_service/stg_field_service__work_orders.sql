-- One row per work order, as it is now.
with source as (
    {{ raw_latest('field_service', 'work_orders') }}
),

renamed as (
    select
        work_order_id,
        job_id,
        product_id,
        phase,
        status,
        scheduled_on,
        completed_on,
        accepted_on,
        planned_hours,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
