-- One row per timesheet that is to be billed and what should follow from it: the invoice, and for a placed person, or
-- another who is paid by the hour, the pay.
with sheets as (
    select
        billing.*,
        systems.legal_entity
    from {{ ref('int_delivery_billing') }} as billing
    inner join {{ ref('int_source_systems') }} as systems on billing.source_system = systems.source_system
    where billing.delivery_type = 'time'
),

pay_items as (
    select
        items.*,
        {{ make_key(['items.delivery_system', 'items.delivery_id']) }} as delivery_key,
        systems.legal_entity
    from {{ ref('int_pay_item_terms') }} as items
    inner join {{ ref('int_source_systems') }} as systems on items.source_system = systems.source_system
    where items.left_out_reason is null
),

-- Only who pays people by pay items owes one.
payers as (
    select distinct legal_entity from pay_items
),

-- Who is on the payroll of pay items is paid for other work, too, where a pay rate is agreed for it.
paid_people as (
    select distinct
        legal_entity,
        person_key
    from pay_items
    where person_key <> 'unknown'
),

by_delivery as (
    select
        delivery_key,
        min(pay_item_id) as pay_item_id
    from pay_items
    group by delivery_key
),

by_period as (
    select
        sheets.delivery_key,
        min(pay_items.pay_item_id) as pay_item_id
    from sheets
    inner join pay_items on sheets.job_key = pay_items.job_key
    where
        pay_items.delivery_id is null
        and (pay_items.person_key = sheets.person_key or pay_items.person_key = 'unknown' or sheets.person_key = 'unknown')
        and sheets.delivered_on between pay_items.period_starts_on and pay_items.period_ends_on
    group by sheets.delivery_key
),

-- What is owed to the person is the hours at the pay rate beside the charge rate of the day; where none is agreed, at
-- most what was charged.
owed as (
    select
        sheets.delivery_key,
        coalesce({{ share('sheets.value_amount', 'rates.pay_rate', 'rates.charge_rate', part_places=6) }}, sheets.value_amount) as pay_amount
    from sheets
    left join {{ ref('int_contract_rates') }} as rates
        on sheets.contract_key = rates.contract_key and sheets.contract_rate_id = rates.contract_rate_id
    left join paid_people
        on sheets.legal_entity = paid_people.legal_entity and sheets.person_key = paid_people.person_key
    where sheets.job_type = 'placement' or (paid_people.person_key is not null and rates.pay_rate > 0)
),

final as (
    select
        'invoice' as event_kind,
        sheets.delivery_key,
        sheets.source_system,
        sheets.delivery_id,
        sheets.job_key,
        sheets.contract_key,
        sheets.product_key,
        sheets.delivered_on,
        sheets.bill_by_on,
        sheets.bill_by_on is not null as is_dated,
        sheets.currency,
        sheets.value_amount as expected_amount,
        sheets.billed_by as found_by,
        cast(null as {{ dbt.type_string() }}) as found_id,
        by_delivery.pay_item_id is not null as is_paid
    from sheets
    left join by_delivery on sheets.delivery_key = by_delivery.delivery_key
    union all
    select
        'pay_item',
        sheets.delivery_key,
        sheets.source_system,
        sheets.delivery_id,
        sheets.job_key,
        sheets.contract_key,
        sheets.product_key,
        sheets.delivered_on,
        cast(null as date),
        true,
        sheets.currency,
        owed.pay_amount,
        case when by_delivery.pay_item_id is not null then 'timesheet' when by_period.pay_item_id is not null then 'period' end,
        coalesce(by_delivery.pay_item_id, by_period.pay_item_id),
        by_delivery.pay_item_id is not null
    from sheets
    inner join payers on sheets.legal_entity = payers.legal_entity
    inner join owed on sheets.delivery_key = owed.delivery_key
    left join by_delivery on sheets.delivery_key = by_delivery.delivery_key
    left join by_period on sheets.delivery_key = by_period.delivery_key
    where sheets.billed_by is not null
)

select * from final
