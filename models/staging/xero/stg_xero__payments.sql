-- One row per amount of money that came from a customer, or (negative) went back to one: payments, overpayments and prepayments.
-- A payment "from" a bad-debt or discount account is no money: it settles its invoice in stg_xero__payment_applications only.
with organisations as (
    {{ raw_latest('xero', 'organisations') }}
),

payments as (
    {{ raw_latest('xero', 'payments') }}
),

overpayments as (
    {{ raw_latest('xero', 'overpayments') }}
),

prepayments as (
    {{ raw_latest('xero', 'prepayments') }}
),

bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

not_money as (
    select * from {{ ref('account_roles') }}
    where source_system = 'xero' and account_role in ('bad_debt', 'discount_allowed')
),

refunded as (
    select
        overpayment_id as document_id,
        contact_id,
        currency_code
    from overpayments
    union all
    select
        prepayment_id as document_id,
        contact_id,
        currency_code
    from prepayments
),

receipts as (
    select
        payments.payment_id,
        coalesce(payments.contact_id, refunded.contact_id) as customer_id,
        payments.paid_on as received_on,
        case when payments.payment_type = 'ACCRECPAYMENT' then payments.amount else -payments.amount end as amount,
        coalesce(payments.currency_code, refunded.currency_code, organisations.base_currency) as currency,
        payments.currency_rate,
        case when payments.payment_type = 'ACCRECPAYMENT' then 'payment' else 'refund' end as method,
        payments.reference,
        payments.status = 'DELETED' as is_reversed,
        payments.updated_at,
        payments._load_id,
        payments._landed_at
    from payments
    left join organisations on 1 = 1
    left join refunded on coalesce(payments.overpayment_id, payments.prepayment_id) = refunded.document_id
    left join not_money on payments.account_code = not_money.account_code
    where
        payments.payment_type in ('ACCRECPAYMENT', 'ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')
        and not_money.account_code is null

    union all

    select
        overpayment_id as payment_id,
        contact_id as customer_id,
        issued_on as received_on,
        total as amount,
        currency_code as currency,
        currency_rate,
        'overpayment' as method,
        reference,
        status = 'VOIDED' as is_reversed,
        updated_at,
        _load_id,
        _landed_at
    from overpayments
    where type in ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT')

    union all

    select
        prepayment_id as payment_id,
        contact_id as customer_id,
        issued_on as received_on,
        total as amount,
        currency_code as currency,
        currency_rate,
        'prepayment' as method,
        reference,
        status = 'VOIDED' as is_reversed,
        updated_at,
        _load_id,
        _landed_at
    from prepayments
    where type in ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT')
),

renamed as (
    select
        receipts.payment_id,
        receipts.customer_id,
        receipts.received_on,
        receipts.amount,
        receipts.currency,
        cast(case
            when receipts.currency = organisations.base_currency then 1
            else round(1 / nullif(cast(receipts.currency_rate as decimal(38, 12)), 0), 6)
        end as decimal(28, 12)) as exchange_rate,
        receipts.method,
        receipts.reference,
        bank_transactions.bank_transaction_id,
        cast(null as text) as account_code,
        case when receipts.is_reversed then 'reversed' else 'received' end as status,
        case when receipts.is_reversed then cast(receipts.updated_at as date) end as reversed_on,
        'xero' as source_system,
        receipts._load_id as load_id,
        receipts._landed_at as landed_at
    from receipts
    left join organisations on 1 = 1
    left join bank_transactions on receipts.payment_id = coalesce(bank_transactions.overpayment_id, bank_transactions.prepayment_id)
)

select * from renamed
