-- One row per record whose job a person gave: that job, or none.
with decided as (
    select * from {{ ref('job_links') }}
),

jobs as (
    select * from {{ ref('int_jobs') }}
),

final as (
    select
        decided.source_system,
        decided.source_entity,
        decided.source_id,
        coalesce(jobs.job_key, 'unknown') as job_key,
        decided.decided_by,
        decided.decided_on
    from decided
    left join jobs on decided.job_system = jobs.source_system and decided.job_id = jobs.job_id
)

select * from final
