-- One row per account of Xero's chart. Xero knows types only; the part an account plays is in seeds/account_roles.csv.
with accounts as (
    {{ raw_latest('xero', 'accounts') }}
),

account_roles as (
    select * from {{ ref('account_roles') }}
    where source_system = 'xero'
),

renamed as (
    select
        -- A bank account may have no code.
        coalesce(accounts.code, accounts.account_id) as account_code,
        accounts.name as account_name,
        lower(accounts.class) as account_type,
        coalesce(account_roles.account_role, 'other') as account_role,
        'xero' as source_system,
        accounts._load_id as load_id,
        accounts._landed_at as landed_at
    from accounts
    left join account_roles on accounts.code = account_roles.account_code
)

select * from renamed
