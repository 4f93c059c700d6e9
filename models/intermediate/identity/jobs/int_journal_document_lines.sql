-- One row per journal line of a sales document and the line that it posts: the one it names, else the one of its account with its text.
with journal_lines as (
    select * from {{ ref('cnf_journal_lines') }}
    where document_type in ('invoice', 'credit_note')
),

-- Lines with the same text and product are the same to whoever asks what was posted.
lines as (
    select
        source_system,
        invoice_id,
        account_code,
        description,
        min(invoice_line_id) as invoice_line_id
    from {{ ref('cnf_invoice_lines') }}
    where description is not null
    group by source_system, invoice_id, account_code, description
    having count(distinct coalesce(product_code, '')) = 1
),

final as (
    select
        journal_lines.source_system,
        journal_lines.journal_line_id,
        coalesce(journal_lines.document_line_id, lines.invoice_line_id) as invoice_line_id
    from journal_lines
    left join lines
        on
            journal_lines.source_system = lines.source_system
            and journal_lines.document_id = lines.invoice_id
            and journal_lines.account_code = lines.account_code
            and journal_lines.description = lines.description
)

select * from final
where invoice_line_id is not null
