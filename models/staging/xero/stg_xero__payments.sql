-- One row per amount of money that came from a customer, or (negative) went back to one: payments, overpayments, prepayments, and money received
-- or spent at the bank without an invoice. A payment from an account that is no bank is one too: its account says by its role what it was.
with organisations as (
    {{ raw_latest('xero', 'organisations') }}
),

payments as (
    {{ raw_latest('xero', 'payments') }}
),

bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

settings as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }}
    where source_system = 'xero'
),

documents as (
    select * from {{ ref('stg_xero__settled_documents') }}
),

direct_money as (
    select * from {{ ref('stg_xero__direct_money') }}
),

prepaid as (
    select * from {{ ref('stg_xero__prepaid') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

reversals as (
    select * from {{ ref('stg_xero__document_reversals') }}
),

-- The API names what a refund gives back as the document it is, or (mostly) as an invoice of that id.
receipts as (
    select
        payments.payment_id,
        coalesce(payments.contact_id, documents.contact_id) as customer_id,
        payments.paid_on as received_on,
        case when payments.payment_type = 'ACCRECPAYMENT' then payments.amount else -payments.amount end as amount,
        coalesce(payments.currency_code, documents.currency_code) as currency,
        payments.currency_rate,
        case when payments.amount <> 0 then payments.bank_amount end as bank_amount,
        case when payments.payment_type = 'ACCRECPAYMENT' then 'payment' else 'refund' end as method,
        payments.reference,
        cast(null as {{ dbt.type_string() }}) as bank_transaction_id,
        payments.account_id,
        payments.account_code,
        payments.status = 'DELETED' as is_reversed,
        payments.updated_at,
        payments._load_id as load_id,
        payments._landed_at as landed_at
    from payments
    left join documents
        on coalesce(payments.overpayment_id, payments.prepayment_id, payments.credit_note_id, payments.invoice_id) = documents.document_id
    where payments.payment_type in ('ACCRECPAYMENT', 'ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')

    union all

    select
        prepaid.document_id as payment_id,
        prepaid.contact_id as customer_id,
        prepaid.issued_on as received_on,
        prepaid.total as amount,
        prepaid.currency_code as currency,
        prepaid.currency_rate,
        cast(null as decimal(18, 2)) as bank_amount,
        prepaid.kind as method,
        prepaid.reference,
        bank_transactions.bank_transaction_id,
        bank_transactions.account_id,
        bank_transactions.account_code,
        prepaid.status = 'VOIDED' as is_reversed,
        prepaid.updated_at,
        prepaid.load_id,
        prepaid.landed_at
    from prepaid
    left join bank_transactions
        on prepaid.document_id = coalesce(
            bank_transactions.overpayment_id, bank_transactions.prepayment_id, bank_transactions.bank_transaction_id
        )

    union all

    select
        bank_transaction_id as payment_id,
        contact_id as customer_id,
        transacted_on as received_on,
        amount,
        currency_code as currency,
        currency_rate,
        cast(null as decimal(18, 2)) as bank_amount,
        case when amount < 0 then 'spend' else 'receive' end as method,
        reference,
        bank_transaction_id,
        account_id,
        account_code,
        is_reversed,
        updated_at,
        load_id,
        landed_at
    from direct_money
),

renamed as (
    select
        receipts.payment_id,
        receipts.customer_id,
        receipts.received_on,
        receipts.amount,
        coalesce(receipts.currency, organisations.base_currency) as currency,
        coalesce(
            {{ xero_rate('coalesce(receipts.currency, organisations.base_currency)', 'receipts.currency_rate', 'organisations.base_currency') }},
            -- A bank account in base currency says what came in, where the payment has no rate.
            case
                when coalesce(accounts.currency_code, organisations.base_currency) = organisations.base_currency
                    then cast({{ rate_of('receipts.bank_amount', 'abs(receipts.amount)') }} as decimal(28, 12))
            end
        ) as exchange_rate,
        receipts.method,
        receipts.reference,
        receipts.bank_transaction_id,
        coalesce(accounts.account_code, {{ given('receipts.account_code') }}, receipts.account_id) as account_code,
        case when receipts.is_reversed then 'reversed' else 'received' end as status,
        -- The day on which the ledger took it back; the change stamp only where it has no journal that does.
        case
            when receipts.is_reversed then coalesce(reversals.reversed_on, {{ local_day('receipts.updated_at', 'settings.time_zone') }})
        end as reversed_on,
        'xero' as source_system,
        receipts.load_id,
        receipts.landed_at
    from receipts
    left join organisations on 1 = 1
    cross join settings
    left join accounts on receipts.account_id = accounts.account_id
    left join reversals on receipts.payment_id = reversals.document_id
)

select * from renamed
