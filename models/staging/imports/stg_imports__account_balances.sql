-- One row per account and day of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'account_balances') }}
),

renamed as (
    select
        account_code,
        balance_on,
        balance,
        period_movement,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
