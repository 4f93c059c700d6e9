-- One row per work order of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'work_orders') }}
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
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
