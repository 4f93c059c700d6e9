-- One row per job of a system, with its key and the company that it is of.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

final as (
    select
        {{ make_key(['jobs.source_system', 'jobs.job_id']) }} as job_key,
        jobs.source_system,
        jobs.job_id,
        jobs.job_ref,
        systems.legal_entity
    from {{ ref('cnf_jobs') }} as jobs
    inner join systems on jobs.source_system = systems.source_system
)

select * from final
