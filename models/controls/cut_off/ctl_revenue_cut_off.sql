-- One row per job and month that is over: what was delivered in it was recognised in another.
with jobs as (
    select
        jobs.*,
        coalesce(contracts.recognition_rule, 'as_delivered') as recognition_rule
    from {{ ref('int_job_terms') }} as jobs
    left join {{ ref('dim_contract') }} as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
),

running as (
    select
        *,
        sum(delivered_amount - recognised_amount) over (
            partition by job_key order by month_on nulls last rows between unbounded preceding and current row
        ) as ahead_amount,
        sum(delivered_amount - recognised_amount + credited_amount) over (
            partition by job_key order by month_on nulls last rows between unbounded preceding and current row
        ) as ahead_uncredited_amount,
        sum(delivered_amount) over (
            partition by job_key order by month_on nulls last rows between unbounded preceding and current row
        ) as delivered_so_far_amount,
        lead(month_on) over (partition by job_key order by month_on nulls last) as next_month_on,
        lead(abs(delivered_amount) + abs(recognised_amount)) over (partition by job_key order by month_on nulls last) as next_turned_over_amount,
        lead(recognised_amount - delivered_amount, 1, cast(0 as decimal(18, 2))) over (
            partition by job_key order by month_on nulls last
        ) as taken_back_amount,
        lead(recognised_amount - delivered_amount - credited_amount, 1, cast(0 as decimal(18, 2))) over (
            partition by job_key order by month_on nulls last
        ) as taken_back_uncredited_amount
    from {{ ref('int_recognition_months') }}
    -- A job of which nothing was ever delivered has no month of its work.
    where is_delivered
),

rules as (
    {{ control_rules('revenue_cut_off') }}
),

-- A difference that a later month takes back was recognised in the wrong one, as far as it does with and without what
-- is credited; what stays is no matter of the period.
judged as (
    select
        running.*,
        cast(coalesce(swings.swing, 0) * (running.delivered_so_far_amount + running.next_turned_over_amount) as decimal(18, 2)) as translation_amount,
        cast(greatest(
            least(running.ahead_amount, running.ahead_uncredited_amount, running.taken_back_amount, running.taken_back_uncredited_amount),
            least(-running.ahead_amount, -running.ahead_uncredited_amount, -running.taken_back_amount, -running.taken_back_uncredited_amount)
        ) as decimal(18, 2)) as moved_amount
    from running
    left join {{ ref('int_rate_swings') }} as swings
        on
            running.foreign_currency = swings.currency
            and running.base_currency = swings.base_currency
            and running.month_on = swings.month_on
),

-- What the next month takes back to the rate is all of it.
valued as (
    select
        judged.*,
        case
            when abs(judged.ahead_amount) - judged.moved_amount <= judged.translation_amount then cast(abs(judged.ahead_amount) as decimal(18, 2))
            else judged.moved_amount
        end as missing_amount
    from judged
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        cast(judged.month_on as {{ dbt.type_string() }}) as part,
        judged.job_key,
        cast({{ dbt.last_day('judged.month_on', 'month') }} as date) as occurred_on,
        judged.month_on as period_starts_on,
        cast({{ dbt.last_day('judged.month_on', 'month') }} as date) as period_ends_on,
        judged.base_currency as currency,
        cast(judged.delivered_amount as decimal(18, 2)) as expected_amount,
        cast(judged.recognised_amount as decimal(18, 2)) as actual_amount,
        greatest(judged.missing_amount, 0) as at_risk_amount,
        cast(judged.delivered_amount as decimal(18, 2)) as examined_amount,
        judged.next_month_on as corrected_in_month_on,
        case when judged.ahead_amount > 0 then 'recognised_later' else 'recognised_early' end as cause,
        case when judged.ahead_amount > 0 then 'Accrue' else 'Defer' end || ' the difference of job {record} at the end of '
        || {{ month_in_words('judged.month_on') }} as suggested_action,
        judged.moved_amount > greatest(0.01, coalesce(judged.translation_amount, 0))
        and {{ beyond_tolerance('judged.missing_amount', 'judged.delivered_amount') }} as is_exception
    from valued as judged
    inner join jobs on judged.job_key = jobs.job_key
    inner join rules on {{ in_force('judged.month_on') }}
    where jobs.recognition_rule <> 'straight_line' and {{ dbt.last_day('judged.month_on', 'month') }} <= {{ as_of() }}
),

final as (
    {{ control_rows('revenue_cut_off', 'jobs', has=['part', 'period', 'job_key'],
        evidence=['period_starts_on', 'expected_amount', 'actual_amount', 'at_risk_amount', 'corrected_in_month_on', 'currency']) }}
)

select * from final
