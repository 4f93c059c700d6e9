-- One row per standing sales document of a system that keeps a ledger: the journal that should post it.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
),

documents as (
    select
        source_system,
        document_id,
        document_type,
        min(journal_id) as journal_id
    from {{ ref('cnf_journal_lines') }}
    where document_id is not null
    group by source_system, document_id, document_type
),

ledgers as (
    select distinct source_system from documents
),

-- A receipt may have the very id of an invoice: its journal posts no invoice.
journals as (
    select
        source_system,
        document_id,
        min(journal_id) as journal_id
    from documents
    where coalesce(document_type, 'other') not in ('receipt', 'payment')
    group by source_system, document_id
),

before_the_books as (
    select * from {{ ref('int_before_the_books') }}
    where document_kind = 'invoice'
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

final as (
    select
        invoices.invoice_key,
        invoices.source_system,
        invoices.invoice_id,
        invoices.job_key,
        jobs.contract_key,
        invoices.issued_on,
        invoices.currency,
        invoices.net_amount,
        journals.journal_id,
        before_the_books.document_id is null as is_owed
    from invoices
    inner join ledgers on invoices.source_system = ledgers.source_system
    left join before_the_books
        on invoices.source_system = before_the_books.source_system and invoices.invoice_id = before_the_books.document_id
    left join journals on invoices.source_system = journals.source_system and invoices.invoice_id = journals.document_id
    left join jobs on invoices.job_key = jobs.job_key
)

select * from final
