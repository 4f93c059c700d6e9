-- One row per job, one per won deal that has no job yet, and one for the unknown.
with jobs as (
    select * from {{ ref('int_jobs') }}
),

deals as (
    select * from {{ ref('dim_deal') }}
),

people as (
    select * from {{ ref('cnf_people') }}
),

known as (
    select
        jobs.job_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        jobs.customer_key,
        coalesce(deals.owner_key, 'unknown') as owner_key,
        case
            when managers.person_id is null then 'unknown'
            else {{ make_key(['managers.source_system', 'managers.person_id']) }}
        end as manager_key,
        case when placed.person_id is not null then {{ make_key(['placed.source_system', 'placed.person_id']) }} else 'unknown' end as person_key,
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
    left join people as managers on jobs.source_system = managers.source_system and jobs.manager_id = managers.person_id
    left join people as placed on jobs.source_system = placed.source_system and jobs.person_id = placed.person_id
),

final as (
    select * from known
    union all
    select
        'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', null, null, null, null, null, null,
        null, 'unknown', 'unknown', null, false, false, 'unknown', null, null, true
)

select * from final
