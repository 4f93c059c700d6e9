-- One row per reference that is billed by quantity, a delivery or the work of a work order with one product: billed is not delivered.
-- A credit for a price, out of goodwill, or for what came back, says nothing of what was delivered.
with line_references as (
    select *, count(*) over (partition by source_system, invoice_line_id) as reference_count
    from {{ ref('int_line_references') }}
),

-- A credit for its quantity that names no work itself takes back what was billed above.
credited as (
    select
        billing.source_system,
        billing.invoice_line_id,
        sum(netted.positive_document_amount) as credited_amount
    from {{ ref('int_billing_netted') }} as netted
    inner join {{ ref('int_billing_items') }} as billing on netted.positive_key = billing.item_key
    inner join {{ ref('int_billing_items') }} as credits on netted.negative_key = credits.item_key
    left join line_references as named
        on credits.source_system = named.source_system and credits.invoice_line_id = named.invoice_line_id
    where
        credits.stage = 'credited' and not credits.is_void and named.invoice_line_id is null
        and credits.credit_reason in ('quantity', 'duplicate', 'cancellation')
    group by billing.source_system, billing.invoice_line_id
),

lines as (
    select
        live.*,
        cast(
            live.quantity - coalesce({{ quantity_share('live.quantity', 'credited.credited_amount', 'live.net_amount') }}, 0) as decimal(38, 6)
        ) as standing_quantity
    from {{ ref('int_live_invoice_lines') }} as live
    left join credited on live.source_system = credited.source_system and live.invoice_line_id = credited.invoice_line_id
    where live.quantity <> 0 and coalesce(live.credit_reason, 'quantity') in ('quantity', 'duplicate', 'cancellation', 'other')
),

-- Of a fixed price neither hours nor goods are to be billed: they are in no frame.
deliveries as (
    select * from {{ ref('int_delivery_billing') }}
    where delivery_type in ('time', 'material', 'shipment')
),

by_delivery as (
    select
        delivery_key as reference_key,
        delivery_key,
        cast(null as {{ dbt.type_string() }}) as product_key,
        job_key,
        quantity,
        unit,
        unit_quantity,
        day_quantity,
        week_quantity,
        month_quantity,
        value_amount,
        currency,
        1 as delivery_count
    from deliveries
),

by_work_order as (
    select
        work_order_key as reference_key,
        min(delivery_key) as delivery_key,
        product_key,
        min(job_key) as job_key,
        sum(quantity) as quantity,
        min(unit) as unit,
        min(unit_quantity) as unit_quantity,
        min(day_quantity) as day_quantity,
        min(week_quantity) as week_quantity,
        min(month_quantity) as month_quantity,
        sum(value_amount) as value_amount,
        min(currency) as currency,
        count(*) as delivery_count
    from deliveries
    where delivery_type = 'time'
    group by work_order_key, product_key
    having count(distinct unit) = 1
),

products_worked as (
    select
        work_order_key,
        min(product_key) as product_key,
        count(distinct product_key) as product_count
    from deliveries
    where delivery_type = 'time'
    group by work_order_key
),

-- A line whose product nobody knows bills the product of its work order, where there is one; where there are several it may be any of them.
lines_of_work as (
    select
        line_references.reference_count,
        line_references.delivery_key,
        line_references.work_order_key as billed_order_key,
        lines.*,
        case
            when line_references.work_order_key is null then null
            when lines.product_key = 'unknown' and products_worked.product_count = 1 then products_worked.product_key
            else lines.product_key
        end as worked_product_key
    from line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    left join products_worked on line_references.work_order_key = products_worked.work_order_key
),

doubtful as (
    select distinct billed_order_key as work_order_key from lines_of_work
    where worked_product_key = 'unknown'
),

-- A line that names several deliveries bills their sum, and says nothing of each.
billed as (
    select
        coalesce(delivery_key, billed_order_key) as reference_key,
        worked_product_key as product_key,
        min(invoice_line_id) as invoice_line_id,
        min(source_system) as source_system,
        min(invoice_key) as invoice_key,
        min(invoice_number) as invoice_number,
        min(issued_on) as issued_on,
        count(distinct case when invoice_type = 'invoice' then invoice_key end) as invoice_count,
        sum(case when invoice_type = 'credit_note' then -quantity else quantity end) as billed_quantity,
        sum(case when invoice_type = 'credit_note' then -standing_quantity else standing_quantity end) as standing_quantity,
        max(reference_count) as reference_count
    from lines_of_work
    group by coalesce(delivery_key, billed_order_key), worked_product_key
),

-- A line says no unit: it may be in another unit of time than its delivery. Two invoices for all of one delivery are another control's.
measured as (
    select
        billed.*,
        case
            when billed.billed_quantity > delivered.quantity then greatest(billed.standing_quantity, delivered.quantity)
            else billed.billed_quantity
        end as quantity,
        delivered.job_key,
        delivered.delivery_key,
        delivered.quantity as delivered_quantity,
        delivered.unit,
        delivered.day_quantity,
        delivered.week_quantity,
        delivered.month_quantity,
        delivered.value_amount,
        delivered.currency,
        {{ in_base_unit('delivered.quantity', 'delivered.unit_quantity') }} as delivered_base_quantity
    from billed
    inner join by_delivery as delivered on billed.reference_key = delivered.reference_key
    union all
    select
        billed.*,
        case
            when billed.billed_quantity > delivered.quantity then greatest(billed.standing_quantity, delivered.quantity)
            else billed.billed_quantity
        end as quantity,
        delivered.job_key,
        cast(null as {{ dbt.type_string() }}) as delivery_key,
        delivered.quantity as delivered_quantity,
        delivered.unit,
        delivered.day_quantity,
        delivered.week_quantity,
        delivered.month_quantity,
        delivered.value_amount,
        delivered.currency,
        {{ in_base_unit('delivered.quantity', 'delivered.unit_quantity') }} as delivered_base_quantity
    from billed
    inner join by_work_order as delivered on billed.reference_key = delivered.reference_key and billed.product_key = delivered.product_key
    left join doubtful on billed.reference_key = doubtful.work_order_key
    where doubtful.work_order_key is null
),

converted as (
    select distinct
        measured.reference_key,
        measured.product_key
    from measured
    inner join {{ ref('unit_conversions') }} as own_units on measured.unit = own_units.unit
    inner join {{ ref('unit_conversions') }} as units on own_units.base_unit = units.base_unit
    where
        {{ in_base_unit('measured.quantity', unit_quantity('units.unit', 'units.base_quantity', 'measured')) }}
        in (measured.delivered_base_quantity, measured.invoice_count * measured.delivered_base_quantity)
),

compared as (
    select
        measured.*,
        cast({{ share('100 * measured.value_amount', 'measured.quantity', 'measured.delivered_quantity') }} * 0.01 as decimal(18, 2)) as billed_value,
        converted.reference_key is not null as is_converted
    from measured
    left join converted
        on measured.reference_key = converted.reference_key and coalesce(measured.product_key, '') = coalesce(converted.product_key, '')
),

rules as (
    {{ control_rules('quantity_variance') }}
),

examined as (
    select
        compared.invoice_line_id as entity_id,
        compared.source_system,
        compared.job_key,
        compared.delivery_key,
        compared.invoice_key,
        compared.issued_on as occurred_on,
        compared.invoice_number,
        compared.reference_key,
        compared.quantity as billed_quantity,
        compared.delivered_quantity,
        compared.unit,
        compared.currency,
        compared.value_amount as expected_amount,
        compared.billed_value as actual_amount,
        cast(compared.value_amount - compared.billed_value as decimal(18, 2)) as at_risk_amount,
        compared.value_amount as examined_amount,
        case when compared.quantity < compared.delivered_quantity then 'billed_less' else 'billed_more' end as cause,
        'Delivered are ' || {{ number_in_words('compared.delivered_quantity') }}
        || ', billed ' || {{ number_in_words('compared.quantity') }} || ': correct ' || compared.invoice_number
            as suggested_action,
        compared.reference_count = 1 and compared.quantity > 0 and not compared.is_converted
        and {{ beyond_tolerance('compared.quantity - compared.delivered_quantity', 'compared.delivered_quantity') }}
        and not (compared.invoice_count > 1 and compared.quantity > compared.delivered_quantity) as is_exception
    from compared
    inner join rules on {{ in_force('compared.issued_on') }}
),

final as (
    {{ control_rows('quantity_variance', 'invoice_lines', has=['job_key', 'delivery_key', 'invoice_key'],
        evidence=['invoice_number', 'billed_quantity', 'delivered_quantity', 'unit', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
