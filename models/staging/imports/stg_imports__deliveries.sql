-- One row per delivery of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'deliveries') }}
),

renamed as (
    select
        delivery_id,
        job_id,
        job_line_id,
        work_order_id,
        product_id,
        person_id,
        delivery_type,
        phase,
        status,
        billable,
        delivered_on,
        approved_on,
        accepted_on,
        period_starts_on,
        period_ends_on,
        rate_class,
        quantity,
        unit,
        unit_price,
        value_amount,
        updated_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
