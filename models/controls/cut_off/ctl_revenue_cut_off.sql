-- One row per job and month that is over: what was delivered in it was recognised in another.
with jobs as (
    select
        jobs.*,
        coalesce(contracts.recognition_rule, 'as_delivered') as recognition_rule
    from {{ ref('int_job_terms') }} as jobs
    left join {{ ref('dim_contract') }} as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
),

recognised as (
    select
        job_key,
        source_system as ledger,
        month_on,
        sum(recognised_amount) as recognised_amount
    from {{ ref('int_income_movements') }}
    group by job_key, source_system, month_on
),

-- What a credit note takes back says itself why, and is no matter of the period; nor is what is billed anew in the month of its credit note.
credited as (
    select
        job_key,
        cast({{ dbt.date_trunc('month', 'event_on') }} as date) as month_on,
        sum(document_amount) as credited_amount
    from {{ ref('int_recognised_values') }}
    where left_out_reason is null and document_type = 'credit_note'
    group by job_key, cast({{ dbt.date_trunc('month', 'event_on') }} as date)
),

ledgers as (
    select
        recognised.job_key,
        min(systems.base_currency) as base_currency
    from recognised
    inner join {{ ref('int_source_systems') }} as systems on recognised.ledger = systems.source_system
    group by recognised.job_key
),

-- Of a contract with several jobs the ledger's months cannot be told apart.
shared as (
    select contract_key from jobs
    where contract_key <> 'unknown'
    group by contract_key
    having count(*) > 1
),

delivered as (
    select
        events.job_key,
        cast({{ dbt.date_trunc('month', 'events.event_on') }} as date) as month_on,
        max(case when events.currency <> ledgers.base_currency then events.currency end) as foreign_currency,
        sum(case
            when events.currency = ledgers.base_currency then events.document_amount
            else {{ share('events.document_amount', 'rates.rate', 'base_rates.rate') }}
        end) as delivered_amount
    from {{ ref('fct_stage_events') }} as events
    inner join ledgers on events.job_key = ledgers.job_key
    left join shared on events.contract_key = shared.contract_key
    left join {{ ref('int_control_rates') }} as rates on events.currency = rates.currency and events.event_on = rates.rate_on
    left join {{ ref('int_control_rates') }} as base_rates on ledgers.base_currency = base_rates.currency and events.event_on = base_rates.rate_on
    where events.stage = 'delivered' and shared.contract_key is null
    group by events.job_key, cast({{ dbt.date_trunc('month', 'events.event_on') }} as date)
),

-- In a foreign currency the rate moves what stands open: by as much as it moved in the month and the next.
months_of_rates as (
    select
        rates.currency,
        base_rates.currency as base_currency,
        cast({{ dbt.date_trunc('month', 'rates.rate_on') }} as date) as month_on,
        min(cast(rates.rate / base_rates.rate as decimal(18, 6))) as least_rate,
        max(cast(rates.rate / base_rates.rate as decimal(18, 6))) as largest_rate
    from {{ ref('int_control_rates') }} as rates
    inner join {{ ref('int_control_rates') }} as base_rates on rates.rate_on = base_rates.rate_on
    where
        rates.currency in (select delivered.foreign_currency from delivered)
        and base_rates.currency in (select ledgers.base_currency from ledgers)
    group by rates.currency, base_rates.currency, cast({{ dbt.date_trunc('month', 'rates.rate_on') }} as date)
),

swings as (
    select
        currency,
        base_currency,
        month_on,
        cast(
            greatest(largest_rate, lead(largest_rate, 1, largest_rate) over following)
            / least(least_rate, lead(least_rate, 1, least_rate) over following) - 1 as decimal(18, 6)
        ) as swing
    from months_of_rates
    window following as (partition by currency, base_currency order by month_on)
),

closing as (
    select
        sides.job_key,
        sides.month_on,
        sum(sides.delivered_amount) as delivered_amount,
        sum(sides.recognised_amount) as recognised_amount,
        sum(sides.credited_amount) as credited_amount
    from (
        select job_key, month_on, delivered_amount, 0 as recognised_amount, 0 as credited_amount from delivered
        union all
        select job_key, month_on, 0, recognised_amount, 0 from recognised
        union all
        select job_key, month_on, 0, 0, credited_amount from credited
    ) as sides
    group by sides.job_key, sides.month_on
),

running as (
    select
        *,
        sum(delivered_amount - recognised_amount) over (
            partition by job_key order by month_on rows between unbounded preceding and current row
        ) as ahead_amount,
        sum(delivered_amount - recognised_amount + credited_amount) over (
            partition by job_key order by month_on rows between unbounded preceding and current row
        ) as ahead_uncredited_amount,
        sum(delivered_amount) over (
            partition by job_key order by month_on rows between unbounded preceding and current row
        ) as delivered_so_far_amount,
        lead(month_on) over (partition by job_key order by month_on) as next_month_on,
        lead(abs(delivered_amount) + abs(recognised_amount)) over (partition by job_key order by month_on) as next_turned_over_amount,
        lead(delivered_amount - recognised_amount) over (partition by job_key order by month_on) as next_step_amount,
        lead(delivered_amount - recognised_amount + credited_amount) over (partition by job_key order by month_on) as next_uncredited_amount
    from closing
),

rules as (
    {{ control_rules('revenue_cut_off') }}
),

foreign_jobs as (
    select job_key, max(foreign_currency) as foreign_currency from delivered group by job_key
),

-- A difference that a later month takes back was recognised in the wrong one; what stays is no matter of the period.
judged as (
    select
        running.*,
        cast(coalesce(swings.swing, 0) * (running.delivered_so_far_amount + running.next_turned_over_amount) as decimal(18, 2)) as translation_amount,
        cast(
            least(
                abs(running.ahead_amount), abs(running.ahead_uncredited_amount), abs(running.next_step_amount), abs(running.next_uncredited_amount)
            ) as decimal(18, 2)
        ) as moved_amount,
        running.ahead_amount * running.next_step_amount < 0
        and running.ahead_amount * running.next_uncredited_amount < 0
        and running.ahead_uncredited_amount * running.next_uncredited_amount < 0 as is_taken_back
    from running
    inner join ledgers on running.job_key = ledgers.job_key
    inner join foreign_jobs on running.job_key = foreign_jobs.job_key
    left join swings
        on
            foreign_jobs.foreign_currency = swings.currency
            and ledgers.base_currency = swings.base_currency
            and running.month_on = swings.month_on
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
        ledgers.base_currency as currency,
        cast(judged.delivered_amount as decimal(18, 2)) as expected_amount,
        cast(judged.recognised_amount as decimal(18, 2)) as actual_amount,
        coalesce(judged.moved_amount, 0) as at_risk_amount,
        cast(judged.delivered_amount as decimal(18, 2)) as examined_amount,
        judged.next_month_on as corrected_in_month_on,
        case when judged.ahead_amount > 0 then 'recognised_later' else 'recognised_early' end as cause,
        'Accrue or defer the difference of job ' || jobs.job_id || ' at the end of '
        || cast(judged.month_on as {{ dbt.type_string() }}) as suggested_action,
        coalesce(judged.is_taken_back, false) and judged.moved_amount > greatest(0.01, judged.translation_amount)
        and {{ beyond_tolerance('judged.moved_amount', 'judged.delivered_amount') }} as is_exception
    from judged
    inner join jobs on judged.job_key = jobs.job_key
    inner join ledgers on judged.job_key = ledgers.job_key
    inner join rules on {{ in_force('judged.month_on') }}
    where jobs.recognition_rule <> 'straight_line' and {{ dbt.last_day('judged.month_on', 'month') }} <= {{ as_of() }}
),

final as (
    {{ control_rows('revenue_cut_off', 'jobs', has=['part', 'period', 'job_key'],
        evidence=['period_starts_on', 'expected_amount', 'actual_amount', 'at_risk_amount', 'corrected_in_month_on', 'currency']) }}
)

select * from final
