-- One row per account of a ledger, and one for the unknown.
with accounts as (
    select * from {{ ref('cnf_accounts') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

known as (
    select
        {{ make_key(['accounts.source_system', 'accounts.account_code']) }} as account_key,
        accounts.account_code,
        accounts.account_name,
        accounts.account_type,
        coalesce(accounts.account_role, 'other') as account_role,
        systems.base_currency,
        systems.legal_entity,
        accounts.source_system,
        false as is_unknown
    from accounts
    inner join systems on accounts.source_system = systems.source_system
),

final as (
    select * from known
    union all
    select 'unknown', null, 'Unknown', 'unknown', 'other', null, 'unknown', null, true
)

select * from final
