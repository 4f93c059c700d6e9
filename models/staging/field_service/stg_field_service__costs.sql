-- One row per cost of a job, as it is now.
with source as (
    {{ raw_latest('field_service', 'costs') }}
),

renamed as (
    select
        cost_id,
        job_id,
        product_id,
        supplier_id,
        supplier_invoice_ref,
        document_id,
        delivery_id,
        person_id,
        cost_type,
        incurred_on,
        quantity,
        unit,
        amount,
        currency,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
