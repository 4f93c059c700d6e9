-- One row per line of an invoice or credit note, of every system that is switched on.
with lines as (
    {{ union_systems('invoice_lines', without=['signed_net_amount', 'signed_tax_amount']) }}
),

invoices as (
    select * from {{ ref('cnf_invoices') }}
),

-- Documents carry positive amounts; the sign of a credit note is given here and nowhere else.
signs as (
    select
        source_system,
        invoice_id,
        case when invoice_type = 'credit_note' then -1 else 1 end as sign
    from invoices
),

final as (
    select
        lines.invoice_line_id,
        lines.invoice_id,
        lines.line_number,
        lines.product_code,
        lines.description,
        lines.quantity,
        lines.unit_price,
        lines.discount_amount,
        lines.net_amount,
        lines.tax_code,
        lines.tax_amount,
        lines.account_code,
        lines.job_ref,
        lines.work_order_ref,
        lines.delivery_id,
        lines.period_starts_on,
        lines.period_ends_on,
        cast(lines.net_amount * signs.sign as decimal(18, 2)) as signed_net_amount,
        cast(lines.tax_amount * signs.sign as decimal(18, 2)) as signed_tax_amount,
        lines.source_system,
        lines.load_id,
        lines.landed_at
    from lines
    left join signs
        on lines.source_system = signs.source_system and lines.invoice_id = signs.invoice_id
)

select * from final
