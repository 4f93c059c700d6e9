-- One row per amount that settled a customer's document: a payment, or an allocation of a credit note, overpayment or prepayment.
with payments as (
    {{ raw_latest('xero', 'payments') }}
),

allocations as (
    select * from {{ ref('stg_xero__allocations') }}
),

kinds as (
    select * from {{ ref('stg_xero__document_kinds') }}
),

receipts as (
    select * from {{ ref('stg_xero__payments') }}
),

renamed as (
    select
        payments.payment_id as application_id,
        payments.payment_id,
        cast(null as {{ dbt.type_string() }}) as credit_note_id,
        coalesce(payments.overpayment_id, payments.prepayment_id, payments.credit_note_id, payments.invoice_id) as invoice_id,
        -- What is paid out gives back a credit note, or money that was too much.
        case when payments.payment_type = 'ACCRECPAYMENT' then 'payment' else 'refund' end as kind,
        cast(null as {{ dbt.type_string() }}) as reason,
        payments.paid_on as applied_on,
        payments.amount,
        receipts.amount as payment_amount,
        receipts.reversed_on,
        'xero' as source_system,
        payments._load_id as load_id,
        payments._landed_at as landed_at
    from payments
    inner join receipts on payments.payment_id = receipts.payment_id

    union all

    select
        allocations.allocation_id as application_id,
        case when allocations.origin <> 'credit_note' then allocations.document_id end as payment_id,
        -- What writes off or discounts is not staged as a document, so there is none to point to.
        case when kinds.kind = 'credit_note' then allocations.document_id end as credit_note_id,
        allocations.invoice_id,
        case when allocations.origin = 'credit_note' then kinds.kind else 'payment' end as kind,
        cast(null as string) as reason,
        allocations.applied_on,
        allocations.amount,
        case when allocations.origin <> 'credit_note' then allocations.amount end as payment_amount,
        allocations.reversed_on,
        'xero' as source_system,
        allocations.load_id,
        allocations.landed_at
    from allocations
    left join kinds on allocations.document_id = kinds.document_id
)

select * from renamed
