-- One row per billed permanent placement whose person left inside the rebate period: the rebate was not credited, or not all of it.
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
        currency,
        sum(case when signed_net_amount > 0 then signed_net_amount else 0 end) as billed_amount,
        sum(signed_net_amount) as standing_amount
    from {{ ref('int_live_invoice_lines') }}
    group by job_key, currency
),

rules as (
    {{ control_rules('rebate_not_credited') }}
),

-- What stands billed above the fee less its rebate is still to be credited: a credit for something else, or of a little, is none of it.
owed as (
    select
        fees.*,
        cast(greatest(least(lines.standing_amount - fees.fee_amount + fees.rebate_amount, fees.rebate_amount), 0) as decimal(18, 2)) as owed_amount
    from fees
    inner join lines on fees.job_key = lines.job_key and fees.currency = lines.currency
    where lines.billed_amount > 0 and fees.rebate_amount > 0
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
        cast(fees.owed_amount - fees.rebate_amount as decimal(18, 2)) as actual_amount,
        fees.owed_amount as at_risk_amount,
        fees.rebate_amount as examined_amount,
        'left_inside_rebate_period' as cause,
        'Credit the rebate of placement {record}: the person left on ' || {{ day_in_words('fees.left_on') }} as suggested_action,
        {{ above_tolerance('fees.owed_amount', 'fees.rebate_amount') }} and {{ window_passed('fees.left_on') }} as is_exception
    from owed as fees
    inner join jobs on fees.job_key = jobs.job_key
    inner join rules on {{ in_force('fees.left_on') }}
),

final as (
    {{ control_rows('rebate_not_credited', 'jobs', has=['job_key', 'delivery_key'],
        evidence=['started_on', 'left_on', 'rebate_days', 'rebate_pct', 'fee_amount', 'rebate_amount', 'currency']) }}
)

select * from final
