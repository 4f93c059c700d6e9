-- One row per application of a payment of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'payment_applications') }}
),

renamed as (
    select
        application_id,
        payment_id,
        credit_note_id,
        invoice_id,
        kind,
        reason,
        applied_on,
        amount,
        payment_amount,
        reversed_on,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
