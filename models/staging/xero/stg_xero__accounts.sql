-- One row per account of Xero's chart. Xero knows types only; the part an account plays is in seeds/account_roles.csv, else what its type or
-- system account can only be (pipelines/tieout/contracts/settings_of_systems.py reports what is taken from there).
with accounts as (
    {{ raw_latest('xero', 'accounts') }}
),

account_roles as (
    select * from {{ ref('account_roles') }}
    where source_system = 'xero'
),

-- A bank account and a system account may have no code: it goes by its id, in the seed too.
coded as (
    select
        *,
        coalesce({{ given('code') }}, account_id) as account_code
    from accounts
),

renamed as (
    select
        coded.account_code,
        coded.name as account_name,
        lower(coded.class) as account_type,
        coalesce(
            account_roles.account_role,
            case
                when coded.system_account = 'DEBTORS' then 'receivable'
                when coded.system_account = 'GST' then 'tax'
                when coded.system_account in ('REALISEDCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN') then 'exchange_difference'
                when coded.type = 'BANK' then 'cash'
                when coded.type in ('REVENUE', 'SALES') then 'revenue'
                when coded.type = 'DIRECTCOSTS' then 'cost_of_sales'
                when coded.type = 'INVENTORY' then 'inventory'
            end,
            'other'
        ) as account_role,
        coded.account_id,
        coded.currency_code,
        'xero' as source_system,
        coded._load_id as load_id,
        coded._landed_at as landed_at
    from coded
    left join account_roles on coded.account_code = account_roles.account_code
)

select * from renamed
