-- One row per contract (job, where it has none) and month: its accrued income in the ledger rose above what is earned and not billed.
with jobs as (
    select
        jobs.*,
        coalesce(contracts.recognition_rule, 'as_delivered') as recognition_rule
    from {{ ref('int_job_terms') }} as jobs
    left join {{ ref('dim_contract') }} as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
),

months as (
    select * from {{ ref('int_recognition_months') }}
),

positions as (
    select
        *,
        sum(invoiced_amount) over (
            partition by source_system, subject_key order by month_on nulls last rows between unbounded preceding and current row
        ) as invoiced_so_far_amount
    from {{ ref('int_income_positions') }}
),

earned as (
    select
        positions.source_system,
        positions.subject_key,
        positions.month_on,
        sum(months.delivered_amount) as delivered_so_far_amount
    from positions
    inner join months on positions.job_key = months.job_key and positions.month_on >= months.month_on
    group by positions.source_system, positions.subject_key, positions.month_on
),

currencies as (
    select
        months.job_key,
        min(months.base_currency) as base_currency,
        coalesce(max(swings.swing), 0) as swing
    from months
    left join {{ ref('int_rate_swings') }} as swings
        on months.foreign_currency = swings.currency and months.base_currency = swings.base_currency
    group by months.job_key
),

-- What is spread over the term, or follows the progress, is accrued by its rule and not by deliveries.
compared as (
    select
        positions.*,
        currencies.base_currency,
        coalesce(earned.delivered_so_far_amount, 0) as delivered_so_far_amount,
        {{ extended('currencies.swing', 'abs(coalesce(earned.delivered_so_far_amount, 0))') }} as translation_amount,
        positions.ledger_accrued_amount
        - greatest(coalesce(earned.delivered_so_far_amount, 0) - positions.invoiced_so_far_amount, 0) as unsupported_amount
    from positions
    inner join jobs on positions.job_key = jobs.job_key
    inner join currencies on positions.job_key = currencies.job_key
    left join earned
        on
            positions.source_system = earned.source_system
            and positions.subject_key = earned.subject_key
            and positions.month_on = earned.month_on
    where
        jobs.recognition_rule in ('as_delivered', 'point_in_time')
        and {{ dbt.last_day('positions.month_on', 'month') }} <= {{ as_of() }}
),

-- What a later month takes back was early or late, and is another control's.
lasting as (
    select
        *,
        greatest(min(unsupported_amount) over (
            partition by source_system, subject_key order by month_on nulls last rows between current row and unbounded following
        ), 0) as lasting_amount
    from compared
),

-- One standing amount is found once, in the month in which it arose.
arisen as (
    select
        *,
        lasting_amount - lag(lasting_amount, 1, 0) over (partition by source_system, subject_key order by month_on nulls last) as new_amount
    from lasting
),

rules as (
    {{ control_rules('accrued_income_unsupported') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        arisen.source_system || '|' || arisen.month_on as part,
        arisen.job_key,
        arisen.contract_key,
        arisen.month_ends_on as occurred_on,
        arisen.base_currency as currency,
        cast(arisen.delivered_so_far_amount as decimal(18, 2)) as delivered_amount,
        cast(arisen.invoiced_so_far_amount as decimal(18, 2)) as invoiced_amount,
        cast(arisen.ledger_accrued_amount - arisen.new_amount as decimal(18, 2)) as expected_amount,
        arisen.ledger_accrued_amount as actual_amount,
        cast(arisen.new_amount as decimal(18, 2)) as at_risk_amount,
        arisen.ledger_accrued_amount as examined_amount,
        'accrued_above_work' as cause,
        'Reverse what is accrued for job {record} above its work, or record the work' as suggested_action,
        {{ above_tolerance('arisen.new_amount - arisen.translation_amount', '0') }} as is_exception
    from arisen
    inner join jobs on arisen.job_key = jobs.job_key
    inner join rules on {{ in_force('arisen.month_ends_on') }}
),

final as (
    {{ control_rows('accrued_income_unsupported', 'jobs', has=['part', 'job_key', 'contract_key'],
        evidence=['delivered_amount', 'invoiced_amount', 'expected_amount', 'actual_amount', 'at_risk_amount', 'currency']) }}
)

select * from final
