-- One row per ledger account of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'accounts') }}
),

renamed as (
    select
        account_code,
        account_name,
        account_type,
        account_role,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
