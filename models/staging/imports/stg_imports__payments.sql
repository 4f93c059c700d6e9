-- One row per payment of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'payments') }}
),

renamed as (
    select
        payment_id,
        customer_id,
        received_on,
        amount,
        currency,
        exchange_rate,
        method,
        reference,
        bank_transaction_id,
        account_code,
        status,
        reversed_on,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
