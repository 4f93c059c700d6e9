-- One row per job: what was agreed for it, with whom, and who owns it. A won deal without a job is a job here, too.
with jobs as (
    select * from {{ ref('int_jobs') }}
),

deals as (
    select
        *,
        {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_deals') }}
),

contracts as (
    select
        *,
        {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
),

records as (
    select * from {{ ref('cnf_jobs') }}
),

final as (
    select
        jobs.job_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(owners.person_key, 'unknown') as owner_key,
        coalesce(placed_people.person_key, 'unknown') as person_key,
        jobs.job_id,
        jobs.person_id,
        jobs.job_type,
        jobs.status,
        jobs.started_on,
        case
            when jobs.status = 'completed'
                then coalesce(jobs.completed_on, cast(coalesce(records.updated_at, records.landed_at) as date))
        end as completed_on,
        jobs.left_on,
        coalesce(jobs.currency, contracts.currency, deals.currency, systems.base_currency) as currency,
        coalesce(contracts.currency, jobs.currency, deals.currency, systems.base_currency) as contract_currency,
        systems.base_currency,
        jobs.source_system,
        coalesce(records.load_id, deals.load_id) as load_id
    from jobs
    left join deals on jobs.deal_key = deals.deal_key
    left join contracts on jobs.contract_key = contracts.contract_key
    left join records on jobs.source_system = records.source_system and jobs.job_id = records.job_id
    left join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
    left join {{ ref('xref_person') }} as owners
        on deals.source_system = owners.source_system and deals.owner_id = owners.source_id
    left join {{ ref('xref_person') }} as placed_people
        on jobs.source_system = placed_people.source_system and jobs.person_id = placed_people.source_id
)

select * from final
