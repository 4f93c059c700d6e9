-- One row per approved change order of which something was delivered: the work that it added is in no standing invoice.
with changes as (
    select
        change_values.*,
        orders.quantity_delta,
        orders.reason
    from {{ ref('int_change_order_values') }} as change_values
    inner join {{ ref('cnf_change_orders') }} as orders
        on change_values.source_system = orders.source_system and change_values.source_id = orders.change_order_id
    where change_values.left_out_reason is null
),

deliveries as (
    select * from {{ ref('int_delivery_billing') }}
),

-- The work of a change is what was done of its product after it was agreed, and nothing else of the job is of that product; else what
-- is worth exactly what was agreed.
candidates as (
    select
        changes.source_system,
        changes.source_id,
        deliveries.delivery_key,
        deliveries.delivery_id,
        deliveries.billed_by,
        deliveries.bill_by_on,
        deliveries.value_amount,
        deliveries.value_reporting_amount,
        abs(deliveries.value_amount - changes.document_amount) <= 0.01 as is_whole
    from changes
    inner join deliveries
        on changes.job_key = deliveries.job_key and changes.product_key = deliveries.product_key and changes.currency = deliveries.currency
    where deliveries.delivered_on >= changes.event_on
),

whole as (
    select
        source_system,
        source_id,
        delivery_key,
        delivery_id,
        bill_by_on,
        billed_by,
        value_amount,
        value_reporting_amount
    from candidates
    where is_whole
    qualify row_number() over (
        partition by source_system, source_id
        order by billed_by is null desc nulls last, delivery_key nulls last
    ) = 1
),

rules as (
    {{ control_rules('change_order_not_billed') }}
),

-- What is not billed is the work, at the rate of its own day.
examined as (
    select
        changes.source_id as entity_id,
        changes.source_system,
        changes.job_key,
        changes.product_key,
        whole.delivery_key,
        changes.event_on as occurred_on,
        changes.event_on as approved_on,
        changes.quantity_delta,
        changes.reason,
        whole.delivery_id,
        whole.bill_by_on,
        changes.currency,
        changes.document_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        changes.document_amount as at_risk_amount,
        changes.document_amount as examined_amount,
        whole.value_amount as worth_amount,
        whole.value_reporting_amount as worth_reporting_amount,
        'delivered_and_not_billed' as cause,
        'Bill {record}: what it added is delivered' as suggested_action,
        whole.billed_by is null and whole.bill_by_on < {{ as_of() }} as is_exception
    from changes
    inner join whole on changes.source_system = whole.source_system and changes.source_id = whole.source_id
    inner join rules on {{ in_force('changes.event_on') }}
),

final as (
    {{ control_rows('change_order_not_billed', 'change_orders', has=['job_key', 'product_key', 'delivery_key', 'worth'],
        evidence=['approved_on', 'reason', 'quantity_delta', 'delivery_id', 'bill_by_on', 'expected_amount', 'currency']) }}
)

select * from final
