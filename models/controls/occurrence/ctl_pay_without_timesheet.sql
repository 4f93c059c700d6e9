-- One row per pay item: no approved timesheet stands behind it.
with pay_items as (
    select
        terms.*,
        records.pay_run_id,
        records.paid_on,
        records.pay_rate,
        records.person_id
    from {{ ref('int_pay_item_terms') }} as terms
    inner join {{ ref('cnf_pay_items') }} as records
        on terms.source_system = records.source_system and terms.pay_item_id = records.pay_item_id
    where terms.left_out_reason is null and records.paid_on <= {{ as_of() }}
),

timesheets as (
    select * from {{ ref('int_delivery_terms') }}
    where status = 'approved'
),

by_delivery as (
    select distinct pay_items.source_system, pay_items.pay_item_id
    from pay_items
    inner join timesheets on pay_items.delivery_system = timesheets.source_system and pay_items.delivery_id = timesheets.delivery_id
),

-- Without a delivery of its own it is for what the person did on its days, on its job where it names one.
by_period as (
    select distinct pay_items.source_system, pay_items.pay_item_id
    from pay_items
    inner join timesheets on pay_items.person_key = timesheets.person_key
    where
        pay_items.delivery_id is null and pay_items.person_key <> 'unknown'
        and coalesce(timesheets.period_starts_on, timesheets.delivered_on) <= pay_items.period_ends_on
        and coalesce(timesheets.period_ends_on, timesheets.delivered_on) >= pay_items.period_starts_on
        and (pay_items.job_key = 'unknown' or pay_items.job_key = timesheets.job_key)
),

rules as (
    {{ control_rules('pay_without_timesheet') }}
),

examined as (
    select
        pay_items.pay_item_id as entity_id,
        pay_items.source_system,
        pay_items.job_key,
        pay_items.paid_on as occurred_on,
        pay_items.pay_run_id,
        pay_items.person_id,
        pay_items.period_starts_on,
        pay_items.period_ends_on,
        pay_items.quantity,
        pay_items.pay_rate,
        pay_items.currency,
        pay_items.amount,
        cast(0 as decimal(18, 2)) as expected_amount,
        pay_items.amount as actual_amount,
        pay_items.amount as at_risk_amount,
        pay_items.amount as examined_amount,
        'no_approved_timesheet' as cause,
        'Approve the timesheet of {record}, or take the pay back' as suggested_action,
        by_delivery.pay_item_id is null and by_period.pay_item_id is null as is_exception
    from pay_items
    inner join rules on {{ in_force('pay_items.paid_on') }}
    left join by_delivery on pay_items.source_system = by_delivery.source_system and pay_items.pay_item_id = by_delivery.pay_item_id
    left join by_period on pay_items.source_system = by_period.source_system and pay_items.pay_item_id = by_period.pay_item_id
),

final as (
    {{ control_rows('pay_without_timesheet', 'pay_items', has=['job_key', 'period'],
        evidence=['pay_run_id', 'person_id', 'period_starts_on', 'period_ends_on', 'quantity', 'pay_rate', 'amount', 'currency']) }}
)

select * from final
