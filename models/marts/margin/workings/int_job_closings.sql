-- One row per job: the day on which it was closed, of an open one the day of the position; and whether, and since when,
-- it is final: closed, and nothing of it waits for its bill.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

policies as (
    select * from {{ ref('int_job_policies') }}
),

pieces as (
    select * from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and reason in ('settled', 'within_billing_window', 'past_billing_window') and from_amount <> 0
),

-- Work waits until it is billed, at the longest until its window is over.
windows as (
    select
        pieces.job_key,
        pieces.reason,
        pieces.to_on,
        {{ plus_days(billing_due_on('pieces.from_on', 'policies'), 'policies.billing_window_days + 1') }} as window_over_on
    from pieces
    inner join policies on pieces.job_key = policies.job_key
),

waited as (
    select
        job_key,
        max(least(coalesce(to_on, window_over_on), window_over_on)) as waited_until,
        max(case when reason = 'within_billing_window' then 1 else 0 end) = 1 as is_waiting
    from windows
    group by job_key
),

closed as (
    select
        jobs.job_key,
        least(
            coalesce(
                jobs.completed_on,
                case when jobs.status = 'cancelled' then cast(coalesce(records.updated_at, records.landed_at) as date) end,
                {{ as_of() }}
            ),
            {{ as_of() }}
        ) as closed_on,
        -- A job whose completion is dated after the day of the position is still in progress.
        coalesce(policies.status in ('completed', 'cancelled'), false) and coalesce(not waited.is_waiting, true) as is_final,
        waited.waited_until
    from jobs
    left join {{ ref('cnf_jobs') }} as records on jobs.source_system = records.source_system and jobs.job_id = records.job_id
    left join policies on jobs.job_key = policies.job_key
    left join waited on jobs.job_key = waited.job_key
),

final as (
    select
        job_key,
        closed_on,
        is_final,
        case when is_final then least(greatest(closed_on, coalesce(waited_until, closed_on)), {{ as_of() }}) end as final_on
    from closed
)

select * from final
