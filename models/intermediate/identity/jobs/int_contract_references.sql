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
        systems.legal_entity in (select contracts.legal_entity from contracts) as is_of_contractor
    from (
        select distinct source_system, contract_id from {{ ref('cnf_jobs') }} where contract_id is not null
        union
        select distinct source_system, contract_id from {{ ref('cnf_contract_rates') }}
    ) as named
    inner join systems on named.source_system = systems.source_system
),

-- A record means its own system's contract first, else that of the only other system of its company that has the id; of its group,
-- where the company keeps no contracts.
candidates as (
    select
        asked.source_system,
        asked.contract_id,
        contracts.contract_key
    from asked
    inner join contracts
        on
            trim(asked.contract_id) = contracts.contract_id
            and (asked.legal_entity = contracts.legal_entity or not asked.is_of_contractor)
    qualify
        dense_rank() over (
            partition by asked.source_system, asked.contract_id
            order by case when asked.source_system = contracts.source_system then 1 else 2 end nulls last
        ) = 1
),

found as (
    select
        source_system,
        contract_id,
        min(contract_key) as contract_key
    from candidates
    group by source_system, contract_id
    having count(distinct contract_key) = 1
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
