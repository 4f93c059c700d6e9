-- One row per company and code by which people name a job on documents: its own code, or a work order's number. More than one job may share it.
with jobs as (
    select
        legal_entity,
        job_key,
        coalesce(job_ref, job_id) as job_code
    from {{ ref('int_job_records') }}
),

work_orders as (
    select * from {{ ref('int_work_order_codes') }}
),

codes as (
    select legal_entity, {{ cleaned_job_code('job_code') }} as code, job_key from jobs
    union
    -- A number alone would read as a job's.
    select legal_entity, code, job_key from work_orders
    where job_key is not null and code not like 'JOB%'
),

final as (
    select
        legal_entity,
        code,
        min(job_key) as job_key,
        max(job_key) as last_job_key,
        count(*) as job_count
    from codes
    where code is not null
    group by legal_entity, code
)

select * from final
