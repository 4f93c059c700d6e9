-- One row per delivery that invoices name: two standing ones bill it, for more than was delivered.
-- A net that was typed over is not what a line charges.
with lines as (
    select
        *,
        coalesce({{ extended('quantity', 'unit_price') }} - coalesce(discount_amount, 0), net_amount) as charged_amount
    from {{ ref('int_live_invoice_lines') }}
),

billing as (
    select
        line_references.delivery_key,
        lines.invoice_line_id,
        lines.invoice_key,
        lines.invoice_number,
        lines.issued_on,
        lines.currency,
        lines.quantity,
        lines.signed_net_amount,
        lines.charged_amount,
        row_number() over (
            partition by line_references.delivery_key
            order by
                lines.issued_on desc nulls last,
                lines.invoice_key desc nulls last,
                lines.invoice_line_id asc nulls last
        ) as position
    from {{ ref('int_line_references') }} as line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
),

named as (
    select
        lines.delivery_key,
        count(distinct case when lines.signed_net_amount > 0 then lines.invoice_key end) as invoice_count,
        {{ sorted_list("lines.invoice_number") }} as invoice_numbers,
        count(*) as line_count,
        max(lines.issued_on) as last_issued_on,
        max(lines.currency) as currency,
        sum(case when lines.signed_net_amount < 0 then -lines.quantity else lines.quantity end) as billed_quantity,
        sum(sign(lines.signed_net_amount) * lines.charged_amount) as billed_amount,
        min_by(lines.invoice_key, lines.position) as invoice_key
    from billing as lines
    group by lines.delivery_key
),

-- Billed in parts is not billed twice: the parts, each of them rounded, are held against what the delivery is worth, or its largest bill.
largest as (
    select
        lines.delivery_key,
        max(lines.charged_amount) as largest_amount
    from billing as lines
    where lines.signed_net_amount > 0
    group by lines.delivery_key
),

deliveries as (
    select
        {{ make_key(['terms.source_system', 'terms.delivery_id']) }} as delivery_key,
        terms.source_system,
        terms.delivery_id,
        terms.job_key,
        terms.product_key,
        terms.delivered_on,
        coalesce(delivered.document_amount, 0) as value_amount
    from {{ ref('int_delivery_terms') }} as terms
    inner join {{ ref('int_delivery_values') }} as delivered
        on terms.source_system = delivered.source_system and terms.delivery_id = delivered.delivery_id
),

rules as (
    {{ control_rules('delivery_billed_twice') }}
),

examined as (
    select
        deliveries.delivery_id as entity_id,
        deliveries.source_system,
        deliveries.job_key,
        deliveries.delivery_key,
        deliveries.product_key,
        named.invoice_key,
        named.last_issued_on as occurred_on,
        deliveries.delivered_on,
        named.invoice_numbers,
        named.invoice_count,
        named.billed_quantity,
        named.currency,
        cast(named.billed_amount as decimal(18, 2)) as billed_amount,
        deliveries.value_amount,
        cast(greatest(deliveries.value_amount, largest.largest_amount) as decimal(18, 2)) as expected_amount,
        cast(named.billed_amount as decimal(18, 2)) as actual_amount,
        cast(named.billed_amount - greatest(deliveries.value_amount, largest.largest_amount) as decimal(18, 2)) as at_risk_amount,
        cast(named.billed_amount as decimal(18, 2)) as examined_amount,
        'on_two_invoices' as cause,
        'Delivery {record} is on ' || named.invoice_numbers || ': credit one of them' as suggested_action,
        named.invoice_count > 1
        and named.billed_amount > greatest(deliveries.value_amount, largest.largest_amount)
        + greatest(rules.tolerance_amount, named.line_count * 0.01) as is_exception
    from deliveries
    inner join named on deliveries.delivery_key = named.delivery_key
    inner join largest on deliveries.delivery_key = largest.delivery_key
    inner join rules on {{ in_force('named.last_issued_on') }}
),

final as (
    {{ control_rows('delivery_billed_twice', 'deliveries', has=['job_key', 'delivery_key', 'product_key', 'invoice_key'],
        evidence=['delivered_on', 'invoice_numbers', 'invoice_count', 'billed_quantity', 'billed_amount', 'value_amount', 'currency']) }}
)

select * from final
