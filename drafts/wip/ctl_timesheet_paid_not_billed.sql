-- One row per approved, billable timesheet that was paid: no standing invoice bills it.
with expected as (
    select * from {{ ref('fct_expected_events') }}
    where event_kind = 'invoice' and expected_from = 'timesheet'
),

deliveries as (
    select * from {{ ref('int_delivery_billing') }}
),

paid as (
    select
        {{ make_key(['delivery_system', 'delivery_id']) }} as delivery_key,
        min(pay_item_id) as pay_item_id,
        sum(amount) as paid_amount
    from {{ ref('int_pay_item_terms') }}
    where left_out_reason is null
    group by {{ make_key(['delivery_system', 'delivery_id']) }}
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
        deliveries.bill_by_on,
        paid.pay_item_id,
        paid.paid_amount,
        deliveries.currency,
        deliveries.value_amount,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        expected.expected_amount as examined_amount,
        'paid_not_billed' as cause,
        'Bill timesheet {record}, which is paid already' as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join deliveries on expected.subject_key = deliveries.delivery_key
    inner join paid on deliveries.delivery_key = paid.delivery_key
),

final as (
    {{ control_rows('timesheet_paid_not_billed', 'deliveries', has=['job_key', 'contract_key', 'delivery_key', 'product_key'],
        evidence=['delivered_on', 'bill_by_on', 'pay_item_id', 'paid_amount', 'value_amount', 'currency']) }}
)

select * from final
