-- One row per approved, billable delivery, and per fixed price that is complete: no standing invoice bills it, or part of it, and its billing
-- window is over.
with deliveries as (
    select
        *,
        case when billed_by is null then open_amount else unbilled_amount end as to_bill_amount
    from {{ ref('int_delivery_billing') }}
),

rules as (
    {{ control_rules('delivered_not_invoiced') }}
),

-- What is billed on the order is not billed by delivery: only where nothing was billed at all does its delivery say so.
examined as (
    select
        deliveries.delivery_id as entity_id,
        deliveries.source_system,
        deliveries.job_key,
        deliveries.contract_key,
        deliveries.work_order_key,
        deliveries.delivery_key,
        deliveries.product_key,
        deliveries.delivered_on as occurred_on,
        deliveries.delivered_on,
        deliveries.bill_by_on,
        deliveries.billing_rule,
        deliveries.valuation_rule,
        deliveries.quantity,
        deliveries.unit,
        deliveries.currency,
        deliveries.value_amount,
        deliveries.value_amount as expected_amount,
        cast(deliveries.value_amount - deliveries.to_bill_amount as decimal(18, 2)) as actual_amount,
        deliveries.to_bill_amount as at_risk_amount,
        deliveries.value_amount as examined_amount,
        case
            when deliveries.billed_by is not null then 'billed_in_part'
            when deliveries.billing_starts_on is not null then 'not_in_its_period'
            else 'not_billed'
        end as cause,
        case
            when deliveries.billed_by is not null
                then 'Bill ' || deliveries.to_bill_amount || ' ' || deliveries.currency || ' that are open of delivery {record}'
            else 'Bill delivery {record}'
        end || ', due for billing by ' || {{ day_in_words('deliveries.bill_by_on') }} as suggested_action,
        (
            deliveries.billed_by is null
            or (deliveries.is_open_in_part and {{ above_tolerance('deliveries.to_bill_amount', 'deliveries.value_amount') }})
        )
        and deliveries.bill_by_on < {{ as_of() }} as is_exception
    from deliveries
    inner join rules on {{ in_force('deliveries.delivered_on') }}
),

-- A fixed price without milestones and work orders is delivered when its job is complete.
completed as (
    select
        completions.job_id as entity_id,
        completions.source_system,
        completions.event_key as part,
        completions.job_key,
        completions.product_key,
        completions.event_on as occurred_on,
        completions.event_on as delivered_on,
        completions.bill_by_on,
        completions.billing_rule,
        completions.valuation_rule,
        completions.currency,
        completions.value_amount,
        completions.value_amount as expected_amount,
        cast(completions.value_amount - completions.open_amount as decimal(18, 2)) as actual_amount,
        completions.open_amount as at_risk_amount,
        completions.value_amount as examined_amount,
        'not_billed' as cause,
        'Bill job {record}, complete since ' || {{ day_in_words('completions.event_on') }} as suggested_action,
        not completions.is_billed and completions.bill_by_on < {{ as_of() }} as is_exception
    from {{ ref('int_completion_billing') }} as completions
    inner join rules on {{ in_force('completions.event_on') }}
    where completions.work_order_key is null
),

final as (
    {{ control_rows(
        'delivered_not_invoiced', 'deliveries',
        has=['job_key', 'contract_key', 'work_order_key', 'delivery_key', 'product_key'],
        evidence=['delivered_on', 'bill_by_on', 'billing_rule', 'quantity', 'unit', 'value_amount', 'currency', 'valuation_rule'],
    ) }}
    union all
    {{ control_rows(
        'delivered_not_invoiced', 'jobs',
        has=['job_key', 'part', 'product_key'],
        evidence=['delivered_on', 'bill_by_on', 'billing_rule', 'value_amount', 'currency', 'valuation_rule'],
        subjects='completed',
    ) }}
)

select * from final
