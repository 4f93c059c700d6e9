-- One row per ledger account of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'accounts') }}
),

account_roles as (
    select * from {{ ref('account_roles') }}
),

-- The ledger says which part an account plays, else the controller's list, else its type where that can mean one thing only; what is taken
-- from the type is reported on arrival (pipelines/tieout/contracts/settings_of_systems.py).
renamed as (
    select
        source.account_code,
        source.account_name,
        source.account_type,
        coalesce(
            {{ given('source.account_role') }},
            account_roles.account_role,
            case when source.account_type = 'revenue' then 'revenue' else 'other' end
        ) as account_role,
        source.source_system,
        source._load_id as load_id,
        source._landed_at as landed_at
    from source
    left join account_roles
        on source.source_system = account_roles.source_system and source.account_code = account_roles.account_code
)

select * from renamed
