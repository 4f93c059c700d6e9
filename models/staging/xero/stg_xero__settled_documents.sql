-- One row per document of a customer that a payment may settle or give back: invoices, credit notes, overpayments, prepayments.
with renamed as (
    select
        invoice_id as document_id,
        'invoice' as kind,
        contact_id,
        currency_code
    from ({{ raw_latest('xero', 'invoices') }}) as invoices
    where type = 'ACCREC'

    union all

    select
        credit_note_id as document_id,
        'credit_note' as kind,
        contact_id,
        currency_code
    from ({{ raw_latest('xero', 'credit_notes') }}) as credit_notes
    where type = 'ACCRECCREDIT'

    union all

    select
        document_id,
        kind,
        contact_id,
        currency_code
    from {{ ref('stg_xero__prepaid') }}
)

select * from renamed
