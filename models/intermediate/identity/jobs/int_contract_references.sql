-- One row per contract id that a record of a system names, with the contract that is meant, where there is one.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

contracts as (
    select
        cnf_contracts.source_system,
        cnf_contracts.contract_id,
        systems.legal_entity,
        {{ make_key(['cnf_contracts.source_system', 'cnf_contracts.contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }} as cnf_contracts
    inner join systems on cnf_contracts.source_system = systems.source_system
),

asked as (
    select
        named.source_system,
        named.contract_id,
        systems.legal_entity,
        named.source_system in (select contracts.source_system from contracts) as has_contracts
    from (
        select distinct source_system, contract_id from {{ ref('cnf_jobs') }} where contract_id is not null
        union
        select distinct source_system, contract_id from {{ ref('cnf_contract_rates') }}
    ) as named
    inner join systems on named.source_system = systems.source_system
),

-- A system that keeps contracts means its own; one that keeps none means another's of its company.
found as (
    select
        asked.source_system,
        asked.contract_id,
        min(contracts.contract_key) as contract_key
    from asked
    inner join contracts
        on
            asked.legal_entity = contracts.legal_entity
            and trim(asked.contract_id) = contracts.contract_id
            and (asked.source_system = contracts.source_system or not asked.has_contracts)
    group by asked.source_system, asked.contract_id
    having count(distinct contracts.contract_key) = 1
),

final as (
    select
        asked.source_system,
        asked.contract_id,
        found.contract_key
    from asked
    left join found on asked.source_system = found.source_system and asked.contract_id = found.contract_id
)

select * from final
