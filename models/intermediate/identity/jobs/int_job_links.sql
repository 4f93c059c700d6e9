-- One row per record of a system that belongs to a job or might, with the job that a person or a rule gives it.
with links as (
    select * from {{ ref('int_sales_job_links') }}
    union all
    select * from {{ ref('int_work_job_links') }}
    union all
    select * from {{ ref('int_ledger_job_links') }}
),

decisions as (
    select
        decided.source_system,
        decided.source_entity,
        decided.source_id,
        decided.decided_by,
        decided.decided_on,
        jobs.job_key
    from {{ ref('job_links') }} as decided
    left join {{ ref('int_jobs') }} as jobs
        on decided.job_system = jobs.source_system and decided.job_id = jobs.job_id
),

final as (
    select
        links.source_system,
        links.source_entity,
        links.source_id,
        case
            when decisions.source_id is not null then coalesce(decisions.job_key, 'unknown')
            else coalesce(links.job_key, 'unknown')
        end as job_key,
        case when decisions.source_id is not null then 'decision' else coalesce(links.match_rule, 'no_job') end as match_rule,
        case when decisions.source_id is null and links.job_key is null then links.candidates end as candidates,
        decisions.decided_by,
        decisions.decided_on
    from links
    left join decisions
        on
            links.source_system = decisions.source_system
            and links.source_entity = decisions.source_entity
            and links.source_id = decisions.source_id
)

select * from final
