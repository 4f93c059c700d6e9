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

account_roles as (
    select * from {{ ref('account_roles') }}
    where source_system = 'xero'
),

paid as (
    select
        payments.payment_id,
        payments.invoice_id,
        payments.paid_on,
        -- A refund settles a credit note, whose open amount is negative.
        case when payments.payment_type = 'ARCREDITPAYMENT' then -payments.amount else payments.amount end as amount,
        case account_roles.account_role when 'bad_debt' then 'write_off' when 'discount_allowed' then 'discount' else 'payment' end as kind,
        case when payments.status = 'DELETED' then cast(payments.updated_at as date) end as reversed_on,
        payments._load_id,
        payments._landed_at
    from payments
    left join account_roles on payments.account_code = account_roles.account_code
    where payments.payment_type in ('ACCRECPAYMENT', 'ARCREDITPAYMENT')
),

renamed as (
    select
        payment_id as application_id,
        case when kind = 'payment' then payment_id end as payment_id,
        cast(null as text) as credit_note_id,
        invoice_id,
        kind,
        cast(null as text) as reason,
        paid_on as applied_on,
        amount,
        case when kind = 'payment' then amount end as payment_amount,
        reversed_on,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from paid

    union all

    select
        allocations.allocation_id as application_id,
        case when allocations.origin <> 'credit_note' then allocations.document_id end as payment_id,
        -- What writes off or discounts is not staged as a document, so there is none to point to.
        case when kinds.kind = 'credit_note' then allocations.document_id end as credit_note_id,
        allocations.invoice_id,
        case when allocations.origin = 'credit_note' then kinds.kind else 'payment' end as kind,
        cast(null as text) as reason,
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
