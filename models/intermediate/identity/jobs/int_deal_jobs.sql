-- One row per deal that has a job (or waits for one), with the job where it is the only one.
with jobs as (
    select * from {{ ref('int_jobs') }}
    where deal_key is not null
),

-- A cancelled job steps back where there is another.
live_jobs as (
    select *
    from jobs
    qualify status <> 'cancelled' or max(case when status <> 'cancelled' then 1 else 0 end) over (partition by deal_key) = 0
),

final as (
    select
        deal_key,
        case when count(*) = 1 then min(job_key) end as job_key,
        case
            when count(*) > 1 then 'several_jobs'
            when max(case when is_placeholder then 1 else 0 end) = 1 then 'placeholder'
            else 'deal'
        end as match_rule,
        case when count(*) > 1 then {{ sorted_list('job_key') }} end as candidates
    from live_jobs
    group by deal_key
)

select * from final
