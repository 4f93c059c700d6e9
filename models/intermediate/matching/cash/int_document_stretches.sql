-- One row per line of an invoice or credit note, or part of one: where its net lies on its document's gross, line by line, net before tax.
with final as (
    select
        event_key as item_key,
        answers_key,
        line_key,
        line_role,
        source_system,
        invoice_id,
        invoice_line_id,
        sum(share_amount + share_tax_amount) over (partition by source_system, invoice_id) as gross_amount,
        sum(share_amount + share_tax_amount) over (
            partition by source_system, invoice_id order by invoice_line_id nulls last, answers_key nulls last
            rows between unbounded preceding and current row
        ) - share_tax_amount - share_amount as starts_at,
        share_amount as net_amount
    from {{ ref('int_document_lines') }}
)

select * from final
