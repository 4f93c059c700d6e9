-- One row per job, and one per won deal that has none yet: the job that is not started.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

customers as (
    select * from {{ ref('int_customer_ids') }}
),

deals as (
    select
        cnf_deals.*,
        {{ make_key(['cnf_deals.source_system', 'cnf_deals.deal_id']) }} as deal_key,
        coalesce(customers.customer_key, 'unknown') as customer_key,
        systems.legal_entity
    from {{ ref('cnf_deals') }} as cnf_deals
    inner join systems on cnf_deals.source_system = systems.source_system
    left join customers on cnf_deals.source_system = customers.source_system and cnf_deals.customer_id = customers.customer_id
),

contracts as (
    select
        {{ make_key(['contracts.source_system', 'contracts.contract_id']) }} as contract_key,
        deal_references.deal_key
    from {{ ref('cnf_contracts') }} as contracts
    left join {{ ref('int_deal_references') }} as deal_references
        on contracts.source_system = deal_references.source_system and contracts.deal_id = deal_references.deal_id
),

jobs as (
    select
        {{ make_key(['jobs.source_system', 'jobs.job_id']) }} as job_key,
        jobs.*,
        systems.legal_entity,
        coalesce(deal_references.deal_key, contracts.deal_key) as deal_key,
        contract_references.contract_key,
        coalesce(customers.customer_key, 'unknown') as own_customer_key
    from {{ ref('cnf_jobs') }} as jobs
    inner join systems on jobs.source_system = systems.source_system
    left join {{ ref('int_deal_references') }} as deal_references
        on jobs.source_system = deal_references.source_system and jobs.deal_id = deal_references.deal_id
    left join {{ ref('int_contract_references') }} as contract_references
        on jobs.source_system = contract_references.source_system and jobs.contract_id = contract_references.contract_id
    left join contracts on contract_references.contract_key = contracts.contract_key
    left join customers on jobs.source_system = customers.source_system and jobs.customer_id = customers.customer_id
),

real_jobs as (
    select
        jobs.job_key,
        jobs.source_system,
        jobs.job_id,
        jobs.job_ref,
        jobs.legal_entity,
        jobs.deal_key,
        jobs.contract_key,
        -- A job whose own customer nobody knows is its deal's customer's.
        case when jobs.own_customer_key = 'unknown' then coalesce(deals.customer_key, 'unknown') else jobs.own_customer_key end as customer_key,
        jobs.job_type,
        jobs.status,
        jobs.manager_id,
        jobs.person_id,
        jobs.planned_start_on,
        jobs.planned_end_on,
        jobs.started_on,
        jobs.completed_on,
        jobs.left_on,
        jobs.kickoff_ready_on,
        coalesce(jobs.currency, deals.currency) as currency,
        false as is_placeholder
    from jobs
    left join deals on jobs.deal_key = deals.deal_key
),

-- Keyed by the deal alone, so that the key stays while the deal waits for its job.
placeholders as (
    select
        {{ make_key(['deals.source_system', "'deal'", 'deals.deal_id']) }} as job_key,
        deals.source_system,
        'deal ' || deals.deal_id as job_id,
        cast(null as {{ dbt.type_string() }}) as job_ref,
        deals.legal_entity,
        deals.deal_key,
        cast(null as {{ dbt.type_string() }}) as contract_key,
        deals.customer_key,
        'unknown' as job_type,
        'not_started' as status,
        cast(null as {{ dbt.type_string() }}) as manager_id,
        cast(null as {{ dbt.type_string() }}) as person_id,
        deals.service_starts_on as planned_start_on,
        deals.service_ends_on as planned_end_on,
        cast(null as date) as started_on,
        cast(null as date) as completed_on,
        cast(null as date) as left_on,
        cast(null as date) as kickoff_ready_on,
        deals.currency,
        true as is_placeholder
    from deals
    left join jobs on deals.deal_key = jobs.deal_key
    where deals.is_won and jobs.job_key is null
),

final as (
    select * from real_jobs
    union all
    select * from placeholders
)

select * from final
