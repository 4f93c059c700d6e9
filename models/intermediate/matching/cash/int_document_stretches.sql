-- One row per line of an invoice or credit note that stands: where its net lies on its document's gross, line by line, net before tax.
with lines as (
    select * from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided' and left_out_reason is null
),

final as (
    select
        event_key as item_key,
        source_system,
        invoice_id,
        invoice_line_id,
        sum(document_amount + tax_amount) over (partition by source_system, invoice_id) as gross_amount,
        sum(document_amount + tax_amount) over (
            partition by source_system, invoice_id order by invoice_line_id
            rows between unbounded preceding and current row
        ) - tax_amount - document_amount as starts_at,
        document_amount as net_amount
    from lines
)

select * from final
