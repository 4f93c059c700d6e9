-- One row per bank transaction of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'bank_transactions') }}
),

renamed as (
    select
        bank_transaction_id,
        account_code,
        transacted_on,
        amount,
        currency,
        reference,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
