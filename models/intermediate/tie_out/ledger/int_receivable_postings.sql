-- One row per movement of what customers owe, in the ledger's base currency, as its documents say it should have been
-- posted.
with rates as (
    select * from {{ ref('int_document_rates') }}
),

edits as (
    select * from {{ ref('int_document_edits') }}
),

document_rates as (
    select
        terms.source_system,
        terms.invoice_id,
        invoices.customer_id,
        rates.base_rate
    from {{ ref('int_invoice_terms') }} as terms
    inner join {{ ref('cnf_invoices') }} as invoices
        on terms.source_system = invoices.source_system and terms.invoice_id = invoices.invoice_id
    inner join rates
        on terms.source_system = rates.source_system and terms.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    where terms.left_out_reason is null
),

-- What a receipt posted to deposits or elsewhere gives nothing of the receivable.
receipt_rates as (
    select
        payments.source_system,
        payments.payment_id,
        payments.amount as whole_amount,
        coalesce(sources.amount, 0) as receivable_amount,
        rates.base_rate
    from {{ ref('int_payment_terms') }} as payments
    inner join rates
        on payments.source_system = rates.source_system and payments.payment_id = rates.document_id and rates.document_kind = 'receipt'
    left join {{ ref('int_payment_sources') }} as sources
        on payments.source_system = sources.source_system and payments.payment_id = sources.payment_id and sources.source = 'receivable'
),

applications as (
    select
        source_system, application_id, min(kind) as kind, min(payment_id) as payment_id, min(credit_note_id) as credit_note_id,
        min(invoice_id) as invoice_id, min(applied_on) as applied_on, min(reversed_on) as reversed_on, sum(amount) as amount,
        case when min(kind) in ('payment', 'refund') then sum(given_amount) end as given_amount
    from {{ ref('int_application_parts') }}
    group by source_system, application_id
),

-- Rounding running totals, an invoice's and a receipt's, leaves nothing over once the one is settled and the other used
-- up.
running as (
    select
        *,
        sum(amount) over (
            partition by source_system, invoice_id
            order by
                applied_on nulls last,
                case kind when 'payment' then 1 else 2 end nulls last,
                application_id nulls last
            rows between unbounded preceding and current row
        ) as settled_so_far,
        sum(given_amount) over (
            partition by source_system, payment_id
            order by applied_on nulls last, application_id nulls last
            rows between unbounded preceding and current row
        ) as given_so_far
    from applications
),

-- An application takes from the invoice at the invoice's rate what it gives at the rate of the receipt or credit note;
-- the two differ by translation.
settlements as (
    select
        running.source_system,
        running.application_id,
        case
            when running.payment_id is not null then 'receipt' when running.kind = 'credit_note' then 'credit_note' else 'write_off'
        end as document_type,
        coalesce(running.credit_note_id, running.payment_id, settled.customer_id || ' ' || running.applied_on) as document_id,
        running.invoice_id,
        running.applied_on,
        running.reversed_on,
        {{ converted('running.settled_so_far', 'settled.base_rate') }}
        - {{ converted('running.settled_so_far - running.amount', 'settled.base_rate') }} as settled_amount,
        case
            when running.kind = 'credit_note' then {{ converted('running.amount', 'credits.base_rate') }}
            when running.kind not in ('payment', 'refund') then 0
            when receipt_rates.receivable_amount = receipt_rates.whole_amount
                then
                    {{ converted('running.given_so_far', 'receipt_rates.base_rate') }}
                    - {{ converted('running.given_so_far - running.given_amount', 'receipt_rates.base_rate') }}
            else
                {{ converted(
                    share('running.given_amount', 'receipt_rates.receivable_amount', 'receipt_rates.whole_amount'), 'receipt_rates.base_rate'
                ) }}
        end as given_amount
    from running
    inner join document_rates as settled on running.source_system = settled.source_system and running.invoice_id = settled.invoice_id
    left join document_rates as credits on running.source_system = credits.source_system and running.credit_note_id = credits.invoice_id
    left join receipt_rates on running.source_system = receipt_rates.source_system and running.payment_id = receipt_rates.payment_id
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
