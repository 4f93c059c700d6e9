-- One row per cost of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'costs') }}
),

renamed as (
    select
        cost_id,
        job_id,
        supplier_id,
        supplier_invoice_ref,
        delivery_id,
        person_id,
        cost_type,
        incurred_on,
        quantity,
        amount,
        currency,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
