-- One row per standing invoice line: the work that it bills, where it names it; else any day of its period, else its own.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
),

line_references as (
    select * from {{ ref('int_line_references') }}
),

deliveries as (
    select
        {{ make_key(['source_system', 'delivery_id']) }} as delivery_key,
        work_order_key,
        product_key,
        person_key,
        base_unit,
        coalesce(rate_class, 'none') as rate_class,
        delivered_on,
        delivery_type in ('time', 'material') as has_rate,
        status = 'approved' and is_billable and delivery_type in ('time', 'material') as is_work
    from {{ ref('int_delivery_terms') }}
),

worked as (
    select
        line_references.source_system,
        line_references.invoice_line_id,
        deliveries.*
    from line_references
    inner join deliveries on line_references.delivery_key = deliveries.delivery_key
    union all
    select
        lines.source_system,
        lines.invoice_line_id,
        deliveries.*
    from line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    inner join deliveries on line_references.work_order_key = deliveries.work_order_key
    where deliveries.is_work and (deliveries.product_key = lines.product_key or lines.product_key = 'unknown')
),

summed as (
    select
        source_system,
        invoice_line_id,
        min(case when is_work then delivered_on end) as first_on,
        max(case when is_work then delivered_on end) as last_on,
        case when count(distinct case when is_work then person_key end) = 1 then min(case when is_work then person_key end) end as person_key,
        case when count(distinct case when is_work then base_unit end) = 1 then min(case when is_work then base_unit end) end as base_unit,
        case when count(distinct case when is_work then rate_class end) = 1 then min(case when is_work then rate_class end) end as rate_class,
        count(case when is_work then delivery_key end) as delivery_count,
        min(case when has_rate then 1 else 0 end) = 1 as has_rate
    from worked
    group by source_system, invoice_line_id
),

final as (
    select
        lines.source_system,
        lines.invoice_line_id,
        coalesce(summed.first_on, lines.period_starts_on, lines.issued_on) as first_on,
        coalesce(summed.last_on, lines.period_ends_on, lines.issued_on) as last_on,
        nullif(summed.person_key, 'unknown') as person_key,
        summed.base_unit,
        summed.rate_class,
        coalesce(summed.delivery_count, 0) as delivery_count,
        -- Expenses, shipments and milestones have no rate.
        coalesce(summed.has_rate, true) as has_rate
    from lines
    left join summed on lines.source_system = summed.source_system and lines.invoice_line_id = summed.invoice_line_id
)

select * from final
