-- One row per job with revenue: more was recognised than was delivered, or than its term or costs had progressed where
-- its contract measures by them, by postings of no bill or of a bill in advance.
with postings as (
    select
        events.job_key,
        min(events.event_on) as first_on,
        max(events.event_on) as last_on,
        sum(events.reporting_amount) as recognised_amount,
        -- Accruals that were turned round are nothing together. What is entered by hand is another control's.
        sum(case
            when coalesce(posted.document_type, 'other') in ('accrual', 'other') then events.reporting_amount else 0
        end) as accrued_amount
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('int_recognised_values') }} as posted on events.event_key = posted.event_key
    group by events.job_key
),

-- What is billed above the work is the bill's fault, and is found there: its posting follows from it. These reasons are of the two gaps alone,
-- and of items that have one side.
above as (
    select
        job_key,
        sum(case when gap = 'delivered_to_recognised' then to_amount else -to_amount end) as above_amount,
        min(case when gap = 'delivered_to_recognised' then to_on end) as first_on
    from {{ ref('fct_bridge') }}
    where
        reason in (
            'billed_without_delivery', 'recognised_early', 'billed_in_advance', 'rate_variance', 'quantity_variance', 'duplicate_invoice',
            'rebate_not_credited'
        )
        and to_amount > 0
    group by job_key
),

-- A bill in advance is as agreed; that its revenue was not deferred is nobody else's fault. Of a period that has begun,
-- what is delivered by its end is not early.
advances as (
    select
        bridge.job_key,
        sum(bridge.to_amount) as advance_amount,
        sum(case
            when lines.period_starts_on is null or lines.period_starts_on > {{ as_of() }} then bridge.to_amount else 0
        end) as early_amount
    from {{ ref('fct_bridge') }} as bridge
    inner join {{ ref('int_billing_items') }} as lines on bridge.to_event_key = lines.item_key
    where bridge.gap = 'delivered_to_invoiced' and bridge.reason = 'billed_in_advance' and bridge.to_amount > 0
    group by bridge.job_key
),

-- Contracts that are recognised by the days that are gone, or by the costs of all that there will be. Days count up to
-- the last posting: those after it are not recognised yet, and support nothing of what is. What is sold in a currency
-- whose rate moves it cannot be measured so.
agreed as (
    select
        outlook.job_key,
        outlook.contracted_amount,
        outlook.cost_amount,
        outlook.eac_amount,
        jobs.contract_currency = '{{ var("reporting_currency") }}' as is_measurable,
        contracts.recognition_rule,
        {{ days_between('contracts.starts_on', 'contracts.ends_on') }} + 1 as term_days,
        {{ days_between('contracts.starts_on', 'postings.last_on') }} + 1 as days_gone,
        greatest({{ dbt.datediff('contracts.starts_on', plus_days('contracts.ends_on', '1'), 'month') }}, 1) as term_months,
        {{ dbt.datediff('contracts.starts_on', 'postings.last_on', 'month') }} + 1 as months_gone
    from postings
    inner join {{ ref('fct_job_outlook') }} as outlook on postings.job_key = outlook.job_key
    inner join {{ ref('int_job_terms') }} as jobs on outlook.job_key = jobs.job_key
    inner join {{ ref('dim_contract') }} as contracts on outlook.contract_key = contracts.contract_key
    where contracts.recognition_rule in ('percentage_of_completion', 'straight_line')
),

-- A straight line goes by its days or in equal months; without a term nobody can say. Without an estimate all that is
-- agreed may be earned.
progressed as (
    select
        job_key,
        case
            when not is_measurable then null
            when recognition_rule = 'percentage_of_completion'
                then least({{ share('contracted_amount', 'cost_amount', 'eac_amount') }}, contracted_amount)
            when term_days > 0
                then greatest(
                    {{ share('contracted_amount', 'least(greatest(days_gone, 0), term_days)', 'term_days') }},
                    {{ share('contracted_amount', 'least(greatest(months_gone, 0), term_months)', 'term_months') }}
                )
        end as earned_amount
    from agreed
),

rules as (
    {{ control_rules('recognised_above_delivered') }}
),

measured as (
    select
        postings.*,
        coalesce(above.first_on, postings.first_on) as occurred_on,
        case
            when progressed.job_key is null then coalesce(above.above_amount, 0) + coalesce(advances.early_amount, 0)
            else coalesce(postings.recognised_amount - progressed.earned_amount, 0)
        end as unearned_amount,
        postings.accrued_amount + coalesce(case
            when progressed.job_key is null then advances.early_amount else advances.advance_amount
        end, 0) as answered_amount
    from postings
    left join above on postings.job_key = above.job_key
    left join advances on postings.job_key = advances.job_key
    left join progressed on postings.job_key = progressed.job_key
),

compared as (
    select
        job_key,
        recognised_amount,
        occurred_on,
        answered_amount,
        cast(greatest(least(unearned_amount, answered_amount), 0) as decimal(18, 2)) as above_amount
    from measured
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        compared.job_key,
        compared.occurred_on,
        cast(compared.answered_amount as decimal(18, 2)) as answered_amount,
        '{{ var("reporting_currency") }}' as currency,
        cast(compared.recognised_amount - compared.above_amount as decimal(18, 2)) as expected_amount,
        cast(compared.recognised_amount as decimal(18, 2)) as actual_amount,
        compared.above_amount as at_risk_amount,
        cast(compared.recognised_amount as decimal(18, 2)) as examined_amount,
        'posted_without_work' as cause,
        'Reverse the revenue of job {record} that is above its work, or record the work' as suggested_action,
        {{ above_tolerance('compared.above_amount', '0') }} as is_exception
    from compared
    inner join {{ ref('int_job_terms') }} as jobs on compared.job_key = jobs.job_key
    inner join rules on {{ in_force('compared.occurred_on') }}
),

final as (
    {{ control_rows('recognised_above_delivered', 'jobs', has=['job_key'],
        evidence=['answered_amount', 'expected_amount', 'actual_amount', 'at_risk_amount', 'currency']) }}
)

select * from final
