-- One row per occasion on which what is owed for a document changed: issued or received, voided or taken back, settled, or a settlement taken back.
with invoices as (
    select
        invoices.source_system,
        invoices.invoice_id,
        invoices.currency,
        case when invoices.invoice_type = 'credit_note' then -invoices.gross_amount else invoices.gross_amount end as gross_amount,
        terms.issued_on,
        terms.voided_on
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    where terms.left_out_reason is null
),

-- A receipt is owed to its customer as far as it was posted to the receivable.
receipts as (
    select
        payments.source_system,
        payments.payment_id,
        payments.amount as whole_amount,
        payments.received_on,
        payments.reversed_on,
        sources.amount
    from {{ ref('int_payment_terms') }} as payments
    inner join {{ ref('int_payment_sources') }} as sources
        on payments.source_system = sources.source_system and payments.payment_id = sources.payment_id and sources.source = 'receivable'
),

applications as (
    select
        source_system, application_id, min(kind) as kind, min(payment_id) as payment_id, min(credit_note_id) as credit_note_id,
        min(invoice_id) as invoice_id, min(applied_on) as applied_on, min(reversed_on) as reversed_on, sum(amount) as amount,
        sum(given_amount) as given_amount
    from {{ ref('int_application_parts') }}
    group by source_system, application_id
),

-- What an application takes off one document, another one gives.
settlements as (
    select
        applications.source_system, 'invoices' as document_entity, applications.invoice_id, application_id, applied_on, reversed_on,
        -amount as amount
    from applications
    inner join invoices on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    union all
    select applications.source_system, 'invoices', applications.credit_note_id, application_id || ' given', applied_on, reversed_on, amount
    from applications
    inner join invoices on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    inner join invoices as credits
        on applications.source_system = credits.source_system and applications.credit_note_id = credits.invoice_id
    where applications.kind = 'credit_note' and invoices.currency = credits.currency
    union all
    select
        applications.source_system, 'payments', applications.payment_id, application_id, applied_on, applications.reversed_on,
        {{ share('given_amount', 'receipts.amount', 'receipts.whole_amount') }}
    from applications
    inner join receipts on applications.source_system = receipts.source_system and applications.payment_id = receipts.payment_id
    where applications.kind in ('payment', 'refund')
    union all
    select
        applications.source_system, 'payments', applications.invoice_id, application_id || ' back', applied_on, applications.reversed_on,
        -given_amount
    from applications
    inner join receipts on applications.source_system = receipts.source_system and applications.invoice_id = receipts.payment_id
    where applications.kind = 'refund'
),

final as (
    select
        source_system, 'invoices' as document_entity, invoice_id, 'issued' as movement, 'invoice' as source_id, issued_on as moved_on,
        gross_amount as amount
    from invoices
    union all
    select source_system, 'invoices', invoice_id, 'voided', 'invoice', voided_on, -gross_amount from invoices
    where voided_on is not null
    union all
    select source_system, 'payments', payment_id, 'issued', 'payment', received_on, -amount from receipts
    union all
    select source_system, 'payments', payment_id, 'voided', 'payment', reversed_on, amount from receipts
    where reversed_on is not null
    union all
    select source_system, document_entity, invoice_id, 'settled', application_id, applied_on, amount from settlements
    union all
    select source_system, document_entity, invoice_id, 'settlement_reversed', application_id, reversed_on, -amount from settlements
    where reversed_on is not null
)

select * from final
where moved_on <= {{ as_of() }} and amount is not null
