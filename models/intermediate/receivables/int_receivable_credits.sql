-- One row per credit note, and per receipt of which something was not set against a document, on the day of the position: owed to the customer.
with movements as (
    select
        source_system,
        document_entity,
        invoice_id,
        sum(case when movement in ('issued', 'voided') then amount else 0 end) as gross_amount,
        sum(amount) as open_amount
    from {{ ref('int_receivable_movements') }}
    group by source_system, document_entity, invoice_id
),

notes as (
    select
        invoices.source_system,
        invoices.invoice_id,
        'invoices' as document_entity,
        'credit_note' as document_kind,
        invoices.invoice_number,
        terms.customer_key,
        invoices.issued_on,
        coalesce(invoices.due_on, invoices.issued_on) as due_on,
        invoices.currency,
        invoices.load_id
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    where
        invoices.invoice_type = 'credit_note' and terms.left_out_reason is null
        and invoices.issued_on <= {{ as_of() }} and (terms.voided_on is null or terms.voided_on > {{ as_of() }})
),

receipts as (
    select
        source_system,
        payment_id as invoice_id,
        'payments' as document_entity,
        case when method in ('overpayment', 'prepayment') then method else 'unapplied_receipt' end as document_kind,
        coalesce(reference, payment_id) as invoice_number,
        customer_key,
        received_on as issued_on,
        received_on as due_on,
        currency,
        load_id
    from {{ ref('int_payment_terms') }}
    where received_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
),

documents as (
    select * from notes
    union all
    select * from receipts
),

-- A receipt that is used up is no document that anybody owes; an overpayment or prepayment is one, as a paid invoice is.
final as (
    select
        case documents.document_entity
            when 'invoices' then {{ make_key(['documents.source_system', 'documents.invoice_id']) }}
            else {{ make_key(["'payments'", 'documents.source_system', 'documents.invoice_id']) }}
        end as invoice_key,
        'unknown' as job_key,
        documents.*,
        movements.gross_amount,
        movements.gross_amount - movements.open_amount as applied_amount
    from documents
    inner join movements
        on
            documents.source_system = movements.source_system
            and documents.document_entity = movements.document_entity
            and documents.invoice_id = movements.invoice_id
    where documents.document_kind <> 'unapplied_receipt' or movements.open_amount <> 0
)

select * from final
