-- One row per period of a placement, or of a contract that is worked by time, that is over: nobody handed in a
-- timesheet for it.
with expected as (
    select * from {{ ref('fct_expected_events') }}
    where event_kind = 'timesheet'
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

contracts as (
    select * from {{ ref('dim_contract') }}
),

examined as (
    select
        case when expected.expected_from = 'placement_week' then jobs.job_id else contracts.contract_id end as entity_id,
        expected.source_system,
        expected.expected_from,
        cast(expected.period_starts_on as {{ dbt.type_string() }}) as part,
        expected.contract_key,
        expected.job_key,
        expected.period_ends_on as occurred_on,
        expected.period_starts_on,
        expected.period_ends_on,
        contracts.contract_id,
        expected.currency,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        expected.expected_amount as examined_amount,
        'no_timesheet' as cause,
        'Ask for the timesheet of {record} for ' || {{ day_in_words('expected.period_starts_on') }}
        || ' to ' || {{ day_in_words('expected.period_ends_on') }} as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join jobs on expected.job_key = jobs.job_key
    inner join contracts on expected.contract_key = contracts.contract_key
),

placements as (
    select * from examined
    where expected_from = 'placement_week'
),

others as (
    select * from examined
    where expected_from = 'contract_period'
),

final as (
    {{ control_rows('timesheet_missing', 'jobs', has=['part', 'period', 'contract_key', 'job_key'],
        evidence=['contract_id', 'period_starts_on', 'period_ends_on'], subjects='placements') }}
    union all
    {{ control_rows('timesheet_missing', 'contracts', has=['part', 'period', 'contract_key', 'job_key'],
        evidence=['contract_id', 'period_starts_on', 'period_ends_on'], subjects='others') }}
)

select * from final
