-- One row per billing period of a periodic contract that has begun: weeks from its first day, or calendar months and quarters of months.
with contracts as (
    select
        *,
        {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
    -- What nobody signed is not billed by the period.
    where coalesce(lower(trim(status)), 'active') not in ('cancelled', 'draft', 'proposed', 'rejected')
),

-- A contract ends with the last of its jobs, whatever its own end says.
jobs as (
    select
        contract_key,
        min(job_key) as job_key,
        count(*) as job_count,
        min(started_on) as started_on,
        max(coalesce(left_on, completed_on)) as ended_on,
        max(case when job_type = 'placement' then 1 else 0 end) = 1 as is_placement,
        max(case when job_type = 'time_and_materials' then 1 else 0 end) = 1 as is_by_time,
        max(case when status = 'cancelled' then 0 else 1 end) = 0 as is_cancelled,
        max(case when status in ('completed', 'cancelled') then 0 else 1 end) = 0 as is_over
    from {{ ref('int_job_terms') }}
    group by contract_key
),

spans as (
    select
        contracts.contract_key,
        contracts.contract_id,
        contracts.source_system,
        contracts.currency,
        contracts.billing_rule,
        contracts.billing_period,
        contracts.starts_on,
        jobs.job_key,
        jobs.is_placement,
        jobs.is_by_time,
        jobs.ended_on,
        least(
            coalesce(contracts.ends_on, cast('9999-12-31' as date)),
            coalesce(case when jobs.is_over then jobs.ended_on end, cast('9999-12-31' as date)),
            {{ as_of() }}
        ) as until_on,
        least(
            coalesce(contracts.ends_on, cast('9999-12-31' as date)),
            coalesce(case when jobs.is_over then jobs.ended_on end, cast('9999-12-31' as date))
        ) as ends_on
    from contracts
    inner join jobs on contracts.contract_key = jobs.contract_key
    where not jobs.is_cancelled
),

-- A month is stepped from its first day: of a contract that was over before it began there is none.
stepped as (
    select *, {{ each_step('starts_on', 'until_on', 'interval 7 day') }} as first_on from spans
    where billing_period = 'week'
    union all
    select *, {{ each_step(dbt.date_trunc('month', 'starts_on'), 'until_on', 'interval 1 month') }} as first_on from spans
    where billing_period = 'month' and starts_on <= until_on
    union all
    select *, {{ each_step(dbt.date_trunc('month', 'starts_on'), 'until_on', 'interval 3 month') }} as first_on from spans
    where billing_period = 'quarter' and starts_on <= until_on
),

final as (
    select
        {{ make_key(['contract_key', 'first_on']) }} as period_key,
        contract_key,
        job_key,
        source_system,
        contract_id,
        currency,
        billing_rule,
        billing_period,
        is_placement,
        is_by_time,
        greatest(first_on, starts_on) as period_starts_on,
        case billing_period
            when 'week' then {{ plus_days('first_on', '6') }}
            when 'month' then cast({{ dbt.last_day('first_on', 'month') }} as date)
            else cast({{ dbt.last_day(dbt.dateadd('month', 2, 'first_on'), 'month') }} as date)
        end as period_ends_on,
        ends_on as contract_ends_on
    from stepped
)

select * from final
