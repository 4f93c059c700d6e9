-- One row per control and day on which the controls ran: the last run of that day.
with controls as (
    select * from {{ ref('dim_control') }}
),

runs as (
    select * from {{ ref('int_control_runs') }}
),

exceptions as (
    select * from {{ ref('int_exceptions_now') }}
),

decisions as (
    select * from {{ ref('int_exception_decisions') }}
    where standing = 'waived'
),

found as (
    select
        exceptions.control_id,
        count(*) as exception_count,
        count(decisions.exception_key) as waived_count,
        sum(exceptions.value_at_risk_amount) as value_at_risk_amount,
        sum(exceptions.counted_amount) as counted_amount,
        sum(exceptions.counted_loss_amount) as counted_loss_amount
    from exceptions
    left join decisions on exceptions.exception_key = decisions.exception_key
    group by exceptions.control_id
),

-- A control that looked at nothing has not passed, nor has one whose subjects are all too young; one that did not run has done neither.
today as (
    select
        controls.control_id,
        {{ as_of() }} as as_of_on,
        controls.family,
        controls.severity,
        case
            when runs.control_id is null then 'not_run'
            when coalesce(found.exception_count, 0) > coalesce(found.waived_count, 0) then 'failed'
            when runs.population_count = 0 then 'no_population'
            when runs.too_young_count = runs.population_count then 'not_due_yet'
            else 'passed'
        end as status,
        coalesce(runs.population_count, 0) as population_count,
        coalesce(runs.population_amount, 0) as population_amount,
        coalesce(runs.too_young_count, 0) as too_young_count,
        coalesce(found.exception_count, 0) as exception_count,
        coalesce(found.waived_count, 0) as waived_count,
        coalesce(found.value_at_risk_amount, 0) as value_at_risk_amount,
        coalesce(found.counted_amount, 0) as counted_amount,
        coalesce(found.counted_loss_amount, 0) as counted_loss_amount,
        '{{ invocation_id }}' as run_id,
        true as is_latest
    from controls
    left join runs on controls.control_id = runs.control_id
    left join found on controls.control_id = found.control_id
),

before as (
    select
        control_id, as_of_on, family, severity, status, population_count, population_amount, too_young_count, exception_count, waived_count,
        value_at_risk_amount, counted_amount, counted_loss_amount, run_id, false as is_latest
    from {{ source('history', 'control_results') }}
    where as_of_on < {{ as_of() }}
),

both_kinds as (
    select * from today
    union all
    select * from before
),

final as (
    select
        {{ make_key(['control_id', 'as_of_on']) }} as control_result_key,
        control_id,
        as_of_on,
        family,
        severity,
        status,
        cast(population_count as bigint) as population_count,
        cast(population_amount as decimal(38, 2)) as population_amount,
        cast(too_young_count as bigint) as too_young_count,
        cast(exception_count as bigint) as exception_count,
        cast(waived_count as bigint) as waived_count,
        cast(value_at_risk_amount as decimal(38, 2)) as value_at_risk_amount,
        cast(counted_amount as decimal(38, 2)) as counted_amount,
        cast(counted_loss_amount as decimal(38, 2)) as counted_loss_amount,
        cast(counted_amount - counted_loss_amount as decimal(38, 2)) as counted_doubt_amount,
        is_latest,
        run_id
    from both_kinds
)

select * from final
