-- One row per movement of what customers owe, in the ledger's base currency, as its documents say it should have been posted.
with rates as (
    select * from {{ ref('int_document_rates') }}
),

edits as (
    select * from {{ ref('int_document_edits') }}
),

edited as (
    select source_system, document_id, max(standing_posted_on) as posted_on from edits
    group by source_system, document_id
),

documents as (
    select
        invoices.source_system,
        invoices.invoice_type as document_type,
        invoices.invoice_id as document_id,
        coalesce(edited.posted_on, invoices.accounting_on, invoices.issued_on) as posted_on,
        terms.voided_on as turned_on,
        case when invoices.invoice_type = 'credit_note' then -1 else 1 end * {{ converted('invoices.gross_amount', 'rates.base_rate') }} as amount
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    inner join rates
        on invoices.source_system = rates.source_system and invoices.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    left join edited on invoices.source_system = edited.source_system and invoices.invoice_id = edited.document_id
    where terms.left_out_reason is null
),

-- What an earlier version of a document asked for only its journals know.
versions as (
    select
        lines.source_system,
        invoices.invoice_type as document_type,
        edits.document_id,
        edits.reversed_posted_on,
        edits.posted_on,
        lines.journal_line_id,
        lines.amount
    from edits
    inner join {{ ref('cnf_journal_lines') }} as lines on edits.source_system = lines.source_system and edits.journal_id = lines.journal_id
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code and accounts.account_role = 'receivable'
    inner join {{ ref('cnf_invoices') }} as invoices on edits.source_system = invoices.source_system and edits.document_id = invoices.invoice_id
),

receipts as (
    select
        payments.source_system,
        'receipt' as document_type,
        payments.payment_id as document_id,
        payments.received_on as posted_on,
        payments.reversed_on as turned_on,
        -{{ converted('sources.amount', 'rates.base_rate') }} as amount
    from {{ ref('int_payment_terms') }} as payments
    inner join {{ ref('int_payment_sources') }} as sources
        on payments.source_system = sources.source_system and payments.payment_id = sources.payment_id and sources.source = 'receivable'
    inner join rates
        on payments.source_system = rates.source_system and payments.payment_id = rates.document_id and rates.document_kind = 'receipt'
),

settlements as (
    select * from {{ ref('int_receivable_settlements') }}
),

movements as (
    select
        source_system, document_type, document_id, posted_on, amount, document_id as stands_by,
        'document' as movement, document_id as movement_id, 1 as turn
    from documents
    union all
    select source_system, document_type, document_id, turned_on, -amount, document_id as stands_by, 'document', document_id as movement_id, -1
    from documents
    where turned_on is not null
    union all
    select source_system, document_type, document_id, reversed_posted_on, -amount, document_id as stands_by, 'version', journal_line_id, -1
    from versions
    union all
    select source_system, document_type, document_id, posted_on, amount, document_id as stands_by, 'version', journal_line_id, 1
    from versions
    union all
    select source_system, document_type, document_id, posted_on, amount, document_id as stands_by, 'receipt', document_id as movement_id, 1
    from receipts
    union all
    select source_system, document_type, document_id, turned_on, -amount, document_id as stands_by, 'receipt', document_id as movement_id, -1
    from receipts
    where turned_on is not null
    union all
    select
        source_system, document_type, document_id, applied_on, given_amount - settled_amount, invoice_id, 'application', application_id, 1
    from settlements
    union all
    select
        source_system, document_type, document_id, reversed_on, settled_amount - given_amount, invoice_id, 'application', application_id, -1
    from settlements
    where reversed_on is not null
),

-- What is from before the books began stands in the entry that opened them, with what had been paid of it by then.
final as (
    select
        movements.source_system,
        case when before_the_books.document_id is null then movements.document_type else 'opening' end as document_type,
        case when before_the_books.document_id is null then movements.document_id else 'opening' end as document_id,
        case when before_the_books.document_id is null then movements.posted_on else before_the_books.stands_in_books_on end as posted_on,
        movements.amount,
        movements.movement,
        movements.movement_id,
        movements.turn
    from movements
    left join {{ ref('int_before_the_books') }} as before_the_books
        on
            movements.source_system = before_the_books.source_system
            and movements.stands_by = before_the_books.document_id
            and movements.posted_on < before_the_books.books_begin_on
)

select * from final
where posted_on <= {{ as_of() }}
