-- One row per billed timesheet of a placement, in a company that pays people by pay items: nobody was paid for it.
with deliveries as (
    select
        billing.*,
        systems.legal_entity
    from {{ ref('int_delivery_billing') }} as billing
    inner join {{ ref('int_source_systems') }} as systems on billing.source_system = systems.source_system
    where billing.delivery_type = 'time' and billing.job_type = 'placement' and billing.billed_by is not null
),

pay_items as (
    select
        items.*,
        systems.legal_entity
    from {{ ref('int_pay_item_terms') }} as items
    inner join {{ ref('int_source_systems') }} as systems on items.source_system = systems.source_system
    where items.left_out_reason is null
),

payers as (
    select distinct legal_entity from pay_items
),

by_delivery as (
    select distinct {{ make_key(['delivery_system', 'delivery_id']) }} as delivery_key
    from pay_items
),

by_period as (
    select distinct deliveries.delivery_key
    from deliveries
    inner join pay_items on deliveries.job_key = pay_items.job_key
    where
        pay_items.delivery_id is null
        and (pay_items.person_key = deliveries.person_key or pay_items.person_key = 'unknown' or deliveries.person_key = 'unknown')
        and deliveries.delivered_on between pay_items.period_starts_on and pay_items.period_ends_on
),

-- What is owed to the person is the hours at the pay rate beside the charge rate of the day; where none is agreed, at most what was charged.
owed as (
    select
        deliveries.delivery_key,
        coalesce({{ share('deliveries.value_amount', 'rates.pay_rate', 'rates.charge_rate', part_places=6) }}, deliveries.value_amount) as pay_amount
    from deliveries
    left join {{ ref('int_contract_rates') }} as rates
        on deliveries.contract_key = rates.contract_key and deliveries.contract_rate_id = rates.contract_rate_id
),

rules as (
    {{ control_rules('timesheet_billed_not_paid') }}
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
        owed.pay_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        owed.pay_amount as at_risk_amount,
        deliveries.value_amount as examined_amount,
        'billed_not_paid' as cause,
        'Pay timesheet {record}, or credit the client' as suggested_action,
        by_delivery.delivery_key is null and by_period.delivery_key is null and {{ window_passed('deliveries.delivered_on') }} as is_exception
    from deliveries
    inner join payers on deliveries.legal_entity = payers.legal_entity
    inner join owed on deliveries.delivery_key = owed.delivery_key
    inner join rules on {{ in_force('deliveries.delivered_on') }}
    left join by_delivery on deliveries.delivery_key = by_delivery.delivery_key
    left join by_period on deliveries.delivery_key = by_period.delivery_key
),

final as (
    {{ control_rows('timesheet_billed_not_paid', 'deliveries', has=['job_key', 'contract_key', 'delivery_key', 'product_key'],
        evidence=['delivered_on', 'quantity', 'unit', 'value_amount', 'currency']) }}
)

select * from final
