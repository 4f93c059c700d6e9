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

lookups as (
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

-- A record means its own system's contract first, else that of the only other system of its company that has the id; of
-- its group, where the company keeps no contracts.
candidates as (
    select
        lookups.source_system,
        lookups.contract_id,
        contracts.contract_key
    from lookups
    inner join contracts
        on
            trim(lookups.contract_id) = contracts.contract_id
            and (lookups.legal_entity = contracts.legal_entity or not lookups.is_of_contractor)
    qualify
        dense_rank() over (
            partition by lookups.source_system, lookups.contract_id
            order by case when lookups.source_system = contracts.source_system then 1 else 2 end nulls last
        ) = 1
),

unique_matches as (
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
        lookups.source_system,
        lookups.contract_id,
        unique_matches.contract_key
    from lookups
    left join unique_matches on lookups.source_system = unique_matches.source_system and lookups.contract_id = unique_matches.contract_id
)

select * from final
