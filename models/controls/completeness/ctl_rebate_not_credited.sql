-- One row per billed permanent placement whose person left inside the rebate period: the fee was not credited.
with fees as (
    select * from {{ ref('int_permanent_fees') }}
    where left_on <= {{ as_of() }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

lines as (
    select
        job_key,
        sum(case when signed_net_amount > 0 then signed_net_amount else 0 end) as billed_amount,
        sum(case when invoice_type = 'credit_note' then 1 else 0 end) as credit_count
    from {{ ref('int_live_invoice_lines') }}
    group by job_key
),

rules as (
    {{ control_rules('rebate_not_credited') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        fees.source_system,
        fees.job_key,
        {{ make_key(['fees.source_system', 'fees.delivery_id']) }} as delivery_key,
        fees.left_on as occurred_on,
        fees.started_on,
        fees.left_on,
        fees.rebate_days,
        fees.rebate_pct,
        fees.fee_amount,
        fees.rebate_amount,
        fees.currency,
        -fees.rebate_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        fees.rebate_amount as at_risk_amount,
        fees.rebate_amount as examined_amount,
        'left_inside_rebate_period' as cause,
        'Credit the rebate of placement {record}: the person left on ' || {{ day_in_words('fees.left_on') }} as suggested_action,
        lines.credit_count = 0 and {{ window_passed('fees.left_on') }} as is_exception
    from fees
    inner join jobs on fees.job_key = jobs.job_key
    inner join lines on fees.job_key = lines.job_key
    inner join rules on {{ in_force('fees.left_on') }}
    where lines.billed_amount > 0 and fees.rebate_amount > 0
),

final as (
    {{ control_rows('rebate_not_credited', 'jobs', has=['job_key', 'delivery_key'],
        evidence=['started_on', 'left_on', 'rebate_days', 'rebate_pct', 'fee_amount', 'rebate_amount', 'currency']) }}
)

select * from final
