-- One row per cost of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'costs') }}
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
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
