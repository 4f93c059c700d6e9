-- One row per job, one per won deal that has no job yet, and one for the unknown.
with jobs as (
    select * from {{ ref('int_jobs') }}
),

deals as (
    select * from {{ ref('dim_deal') }}
),

people as (
    select * from {{ ref('xref_person') }}
),

known as (
    select
        jobs.job_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        jobs.customer_key,
        coalesce(deals.owner_key, 'unknown') as owner_key,
        coalesce(managers.person_key, 'unknown') as manager_key,
        coalesce(placed.person_key, 'unknown') as person_key,
        jobs.planned_start_on,
        jobs.planned_end_on,
        jobs.kickoff_ready_on,
        jobs.started_on,
        jobs.completed_on,
        jobs.left_on,
        jobs.job_ref,
        jobs.job_type,
        jobs.status,
        jobs.currency,
        jobs.status in ('not_started', 'planned', 'in_progress') as is_open,
        jobs.is_placeholder,
        jobs.legal_entity,
        jobs.source_system,
        jobs.job_id,
        false as is_unknown
    from jobs
    left join deals on jobs.deal_key = deals.deal_key
    left join people as managers on jobs.source_system = managers.source_system and jobs.manager_id = managers.source_id
    left join people as placed on jobs.source_system = placed.source_system and jobs.person_id = placed.source_id
),

final as (
    select * from known
    union all
    select
        'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', null, null, null, null, null, null,
        null, 'unknown', 'unknown', null, false, false, 'unknown', null, null, true
)

select * from final
