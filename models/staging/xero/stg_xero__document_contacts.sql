-- One row per document of a customer that a journal may be posted from.
with renamed as (
    select
        invoice_id as document_id,
        contact_id
    from ({{ raw_latest('xero', 'invoices') }}) as invoices
    where type = 'ACCREC'

    union all

    select
        credit_note_id as document_id,
        contact_id
    from ({{ raw_latest('xero', 'credit_notes') }}) as credit_notes
    where type = 'ACCRECCREDIT'

    union all

    select
        payment_id as document_id,
        customer_id as contact_id
    from {{ ref('stg_xero__payments') }}
    where method in ('payment', 'refund', 'receive', 'spend')

    union all

    select
        overpayment_id as document_id,
        contact_id
    from ({{ raw_latest('xero', 'overpayments') }}) as overpayments
    where type in ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT')

    union all

    select
        prepayment_id as document_id,
        contact_id
    from ({{ raw_latest('xero', 'prepayments') }}) as prepayments
    where type in ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT')
)

select * from renamed
