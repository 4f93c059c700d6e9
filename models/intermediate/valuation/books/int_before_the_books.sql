-- One row per sales document or receipt from before its ledger's books began that no journal posts: it stands in the opening entry.
with books as (
    select * from {{ ref('int_books') }}
),

documents as (
    select source_system, 'invoice' as document_kind, invoice_id as document_id, coalesce(accounting_on, issued_on) as document_on
    from {{ ref('cnf_invoices') }}
    union all
    select source_system, 'receipt', payment_id, received_on from {{ ref('cnf_payments') }}
),

posted as (
    select distinct source_system, document_id from {{ ref('cnf_journal_lines') }}
    where document_id is not null
),

-- An entry that opens the books stands for what had no journal by then, be it that others of the company had.
final as (
    select
        documents.source_system,
        documents.document_kind,
        documents.document_id,
        documents.document_on,
        greatest(books.books_begin_on, {{ plus_days('books.opened_on', '1') }}) as books_begin_on,
        books.opened_on as stands_in_books_on
    from documents
    inner join books on documents.source_system = books.source_system
    left join posted on documents.source_system = posted.source_system and documents.document_id = posted.document_id
    where
        posted.document_id is null
        and documents.document_on < greatest(books.books_begin_on, {{ plus_days('books.opened_on', '1') }})
)

select * from final
