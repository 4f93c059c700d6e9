-- One row per permanent placement whose person has started: the fee was never billed.
with fees as (
    select * from {{ ref('int_permanent_fees') }}
    where started_on <= {{ as_of() }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

billed as (
    select distinct job_key from {{ ref('int_live_invoice_lines') }}
    where signed_net_amount > 0
),

rules as (
    {{ control_rules('permanent_fee_not_invoiced') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        fees.source_system,
        fees.job_key,
        {{ make_key(['fees.source_system', 'fees.delivery_id']) }} as delivery_key,
        fees.started_on as occurred_on,
        fees.started_on,
        fees.delivery_id,
        fees.currency,
        fees.fee_amount,
        fees.fee_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        fees.fee_amount as at_risk_amount,
        fees.fee_amount as examined_amount,
        'fee_not_billed' as cause,
        'Bill the fee of placement {record}, due since ' || {{ day_in_words('fees.started_on') }} as suggested_action,
        billed.job_key is null and {{ window_passed('fees.started_on') }} as is_exception
    from fees
    inner join jobs on fees.job_key = jobs.job_key
    inner join rules on {{ in_force('fees.started_on') }}
    left join billed on fees.job_key = billed.job_key
),

final as (
    {{ control_rows('permanent_fee_not_invoiced', 'jobs', has=['job_key', 'delivery_key'],
        evidence=['started_on', 'delivery_id', 'fee_amount', 'currency']) }}
)

select * from final
