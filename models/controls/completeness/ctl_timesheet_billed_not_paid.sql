-- One row per billed timesheet of somebody who is paid by pay items: nobody was paid for it.
with expected as (
    select * from {{ ref('fct_expected_events') }}
    where event_kind = 'pay_item'
),

deliveries as (
    select * from {{ ref('int_delivery_billing') }}
),

examined as (
    select
        deliveries.delivery_id as entity_id,
        deliveries.source_system,
        deliveries.job_key,
        deliveries.contract_key,
        deliveries.delivery_key,
        deliveries.product_key,
        deliveries.delivered_on as occurred_on,
        deliveries.delivered_on,
        deliveries.quantity,
        deliveries.unit,
        deliveries.currency,
        deliveries.value_amount,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        deliveries.value_amount as examined_amount,
        'billed_not_paid' as cause,
        'Pay timesheet {record}, or credit the client' as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join deliveries on expected.subject_key = deliveries.delivery_key
),

final as (
    {{ control_rows('timesheet_billed_not_paid', 'deliveries', has=['job_key', 'contract_key', 'delivery_key', 'product_key'],
        evidence=['delivered_on', 'quantity', 'unit', 'value_amount', 'currency']) }}
)

select * from final
