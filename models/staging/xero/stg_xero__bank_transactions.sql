-- One row per bank transaction of Xero that stands: money received is positive, money spent negative.
-- Payments of invoices are not among them: Xero keeps those under Payments only.
with bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

renamed as (
    select
        bank_transactions.bank_transaction_id,
        coalesce(accounts.account_code, {{ given('bank_transactions.account_code') }}, bank_transactions.account_id) as account_code,
        bank_transactions.transacted_on,
        case when bank_transactions.type like 'RECEIVE%' then bank_transactions.total else -bank_transactions.total end as amount,
        bank_transactions.currency_code as currency,
        bank_transactions.reference,
        'xero' as source_system,
        bank_transactions._load_id as load_id,
        bank_transactions._landed_at as landed_at
    from bank_transactions
    left join accounts on bank_transactions.account_id = accounts.account_id
    where bank_transactions.status = 'AUTHORISED'
)

select * from renamed
