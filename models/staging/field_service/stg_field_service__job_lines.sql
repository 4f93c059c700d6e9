-- One row per line of an order, as it is now.
with source as (
    {{ raw_latest('field_service', 'job_lines') }}
),

renamed as (
    select
        job_line_id,
        job_id,
        deal_line_id,
        product_id,
        description,
        quantity,
        unit,
        unit_price,
        discount_amount,
        net_amount,
        currency,
        planned_on,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
