-- One row per invoice or credit note of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'invoices') }}
),

renamed as (
    select
        invoice_id,
        invoice_number,
        invoice_type,
        customer_id,
        status,
        issued_on,
        accounting_on,
        due_on,
        voided_on,
        currency,
        exchange_rate,
        net_amount,
        tax_amount,
        gross_amount,
        reference,
        corrects_invoice_id,
        credit_reason,
        entered_by,
        approved_by,
        updated_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
