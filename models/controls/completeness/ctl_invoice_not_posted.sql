-- One row per standing sales document of a system that keeps a ledger: no journal posts it, and it does not stand in the entry that opened the books.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
),

documents as (
    select distinct source_system, document_id, document_type from {{ ref('cnf_journal_lines') }}
    where document_id is not null
),

ledgers as (
    select distinct source_system from documents
),

-- A receipt may have the very id of an invoice: its journal posts no invoice.
journals as (
    select distinct source_system, document_id from documents
    where coalesce(document_type, 'other') not in ('receipt', 'payment')
),

before_the_books as (
    select * from {{ ref('int_before_the_books') }}
    where document_kind = 'invoice'
),

rules as (
    {{ control_rules('invoice_not_posted') }}
),

examined as (
    select
        invoices.invoice_id as entity_id,
        invoices.source_system,
        invoices.invoice_key,
        invoices.customer_key,
        invoices.job_key,
        invoices.issued_on as occurred_on,
        invoices.invoice_number,
        invoices.invoice_type,
        invoices.issued_on,
        invoices.currency,
        invoices.net_amount,
        invoices.net_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        invoices.net_amount as at_risk_amount,
        invoices.net_amount as examined_amount,
        'no_journal' as cause,
        'Post ' || invoices.invoice_number || ' of ' || {{ day_in_words('invoices.issued_on') }} as suggested_action,
        journals.document_id is null and before_the_books.document_id is null and {{ window_passed('invoices.issued_on') }} as is_exception
    from invoices
    left join before_the_books
        on invoices.source_system = before_the_books.source_system and invoices.invoice_id = before_the_books.document_id
    inner join ledgers on invoices.source_system = ledgers.source_system
    inner join rules on {{ in_force('invoices.issued_on') }}
    left join journals on invoices.source_system = journals.source_system and invoices.invoice_id = journals.document_id
),

final as (
    {{ control_rows('invoice_not_posted', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'invoice_type', 'issued_on', 'net_amount', 'currency']) }}
)

select * from final
