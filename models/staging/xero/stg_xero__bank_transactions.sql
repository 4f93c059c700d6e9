-- One row per bank transaction of Xero that stands: money received is positive, money spent negative.
-- Payments of invoices are not among them: Xero keeps those under Payments only.
with bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

renamed as (
    select
        bank_transaction_id,
        coalesce(account_code, account_id) as account_code,
        transacted_on,
        case when type like 'RECEIVE%' then total else -total end as amount,
        currency_code as currency,
        reference,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from bank_transactions
    where status = 'AUTHORISED'
)

select * from renamed
