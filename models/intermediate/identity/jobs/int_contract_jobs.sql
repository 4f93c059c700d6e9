-- One row per contract that has a job, with the job where it is the only one.
with jobs as (
    select * from {{ ref('int_jobs') }}
    where contract_key is not null
)

select
    contract_key,
    case when count(*) = 1 then min(job_key) end as job_key,
    case when count(*) = 1 then 'contract' else 'several_jobs' end as match_rule,
    case when count(*) > 1 then {{ sorted_list('job_key') }} end as candidates
from jobs
group by contract_key
