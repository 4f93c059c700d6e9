-- One row per completed work order with billable work or a fixed price: no standing invoice names it, and none bills what was delivered for it.
with work_orders as (
    select * from {{ ref('dim_work_order') }}
    where status = 'completed' and completed_on <= {{ as_of() }}
),

-- A fixed price is delivered whole by the last of its work orders: its hours are quantity and cost, not value.
deliveries as (
    select
        work_order_key, job_key, currency, value_amount, value_reporting_amount, bill_by_on,
        billed_by is not null as is_billed
    from {{ ref('int_delivery_billing') }}
    union all
    select work_order_key, job_key, currency, value_amount, value_reporting_amount, bill_by_on, is_billed
    from {{ ref('int_completion_billing') }}
),

worth as (
    select
        work_order_key,
        min(job_key) as job_key,
        min(currency) as currency,
        sum(value_amount) as value_amount,
        case when count(value_reporting_amount) = count(*) then sum(value_reporting_amount) end as value_reporting_amount,
        count(*) as delivery_count,
        count(case when is_billed then 1 end) as billed_count,
        min(bill_by_on) as bill_by_on
    from deliveries
    group by work_order_key
),

named as (
    select distinct line_references.work_order_key
    from {{ ref('int_line_references') }} as line_references
    inner join {{ ref('int_live_invoice_lines') }} as lines
        on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    where lines.signed_net_amount > 0
),

rules as (
    {{ control_rules('work_order_not_invoiced') }}
),

examined as (
    select
        work_orders.work_order_id as entity_id,
        work_orders.source_system,
        worth.job_key,
        work_orders.work_order_key,
        work_orders.completed_on as occurred_on,
        work_orders.completed_on,
        worth.bill_by_on,
        worth.delivery_count,
        worth.currency,
        worth.value_amount,
        worth.value_amount as worth_amount,
        worth.value_reporting_amount as worth_reporting_amount,
        worth.value_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        worth.value_amount as at_risk_amount,
        worth.value_amount as examined_amount,
        'never_passed_to_billing' as cause,
        'Bill {record}, completed on ' || {{ day_in_words('work_orders.completed_on') }} as suggested_action,
        named.work_order_key is null and worth.billed_count = 0
        and {{ window_passed('work_orders.completed_on') }} and worth.bill_by_on < {{ as_of() }} as is_exception
    from work_orders
    inner join worth on work_orders.work_order_key = worth.work_order_key
    inner join rules on {{ in_force('work_orders.completed_on') }}
    left join named on work_orders.work_order_key = named.work_order_key
),

final as (
    {{ control_rows(
        'work_order_not_invoiced', 'work_orders', has=['job_key', 'work_order_key', 'worth'],
        evidence=['completed_on', 'bill_by_on', 'delivery_count', 'value_amount', 'currency'],
    ) }}
)

select * from final
