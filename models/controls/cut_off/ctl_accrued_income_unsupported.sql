-- One row per contract (job, where it has none) and month: its accrued income in the ledger rose above what is earned
-- and not billed.
with jobs as (
    select
        jobs.*,
        coalesce(contracts.recognition_rule, 'as_delivered') as recognition_rule,
        contracts.starts_on as term_starts_on,
        contracts.ends_on as term_ends_on
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

-- What was sold in the ledger's own currency is spread over the term of its contract, or over the costs of its job.
sold as (
    select events.job_key, sum(events.document_amount) as sold_amount
    from {{ ref('fct_stage_events') }} as events
    inner join currencies on events.job_key = currencies.job_key
    where events.stage in ('booked', 'change_order')
    group by events.job_key
    having min(case when events.currency = currencies.base_currency then 1 else 0 end) = 1
),

terms as (
    select
        jobs.job_key,
        jobs.term_starts_on,
        jobs.term_ends_on,
        sold.sold_amount,
        {{ days_between('jobs.term_starts_on', 'jobs.term_ends_on') }} + 1 as term_days,
        greatest({{ dbt.datediff('jobs.term_starts_on', plus_days('jobs.term_ends_on', '1'), 'month') }}, 1) as term_months
    from jobs
    inner join sold on jobs.job_key = sold.job_key
    where jobs.recognition_rule = 'straight_line' and jobs.term_ends_on >= jobs.term_starts_on
),

gone as (
    select
        terms.*,
        positions.source_system,
        positions.subject_key,
        positions.month_on,
        {{ days_between('terms.term_starts_on', 'positions.month_ends_on') }} + 1 as days_gone,
        {{ dbt.datediff('terms.term_starts_on', 'positions.month_on', 'month') }} + 1 as months_gone
    from positions
    inner join terms on positions.job_key = terms.job_key
),

-- By its days, or in equal months: either is a straight line.
elapsed as (
    select
        source_system,
        subject_key,
        month_on,
        cast(greatest(
            {{ share('sold_amount', 'least(greatest(days_gone, 0), term_days)', 'term_days') }},
            {{ share('sold_amount', 'least(greatest(months_gone, 0), term_months)', 'term_months') }}
        ) as decimal(18, 2)) as earned_so_far_amount
    from gone
),

costs as (
    select
        job_key,
        cast({{ dbt.date_trunc('month', 'event_on') }} as date) as month_on,
        sum(reporting_amount) as cost_amount
    from {{ ref('fct_stage_events') }}
    where stage = 'cost'
    group by job_key, cast({{ dbt.date_trunc('month', 'event_on') }} as date)
),

spent as (
    select
        positions.source_system,
        positions.subject_key,
        positions.month_on,
        sum(costs.cost_amount) as spent_so_far_amount
    from positions
    inner join costs on positions.job_key = costs.job_key and positions.month_on >= costs.month_on
    group by positions.source_system, positions.subject_key, positions.month_on
),

-- By the cost so far of all that it will cost, by the estimate that holds now. Where nobody estimates, nobody can say.
progressed as (
    select
        positions.source_system,
        positions.subject_key,
        positions.month_on,
        least(
            {{ share('sold.sold_amount', 'coalesce(spent.spent_so_far_amount, 0)', 'estimates.eac_amount') }}, sold.sold_amount
        ) as earned_so_far_amount
    from positions
    inner join jobs on positions.job_key = jobs.job_key
    inner join sold on positions.job_key = sold.job_key
    inner join {{ ref('fct_job_outlook') }} as estimates on positions.job_key = estimates.job_key
    left join spent
        on
            positions.source_system = spent.source_system
            and positions.subject_key = spent.subject_key
            and positions.month_on = spent.month_on
    where jobs.recognition_rule = 'percentage_of_completion' and estimates.eac_rule <> 'cost_to_date'
),

supported as (
    select
        positions.source_system,
        positions.subject_key,
        positions.month_on,
        coalesce(earned.delivered_so_far_amount, 0) as earned_so_far_amount
    from positions
    inner join jobs on positions.job_key = jobs.job_key
    left join earned
        on
            positions.source_system = earned.source_system
            and positions.subject_key = earned.subject_key
            and positions.month_on = earned.month_on
    where jobs.recognition_rule in ('as_delivered', 'point_in_time')
    union all
    select source_system, subject_key, month_on, earned_so_far_amount from elapsed
    union all
    select source_system, subject_key, month_on, earned_so_far_amount from progressed
),

compared as (
    select
        positions.*,
        currencies.base_currency,
        supported.earned_so_far_amount,
        {{ extended('currencies.swing', 'abs(supported.earned_so_far_amount)') }} as translation_amount,
        positions.ledger_accrued_amount - greatest(supported.earned_so_far_amount - positions.invoiced_so_far_amount, 0) as unsupported_amount
    from positions
    inner join currencies on positions.job_key = currencies.job_key
    inner join supported
        on
            positions.source_system = supported.source_system
            and positions.subject_key = supported.subject_key
            and positions.month_on = supported.month_on
    where {{ dbt.last_day('positions.month_on', 'month') }} <= {{ as_of() }}
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
        lasting_amount - lag(lasting_amount, 1, cast(0 as decimal(18, 2))) over (
            partition by source_system, subject_key order by month_on nulls last
        ) as new_amount
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
        cast(arisen.earned_so_far_amount as decimal(18, 2)) as earned_amount,
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
        evidence=['earned_amount', 'invoiced_amount', 'expected_amount', 'actual_amount', 'at_risk_amount', 'currency']) }}
)

select * from final
