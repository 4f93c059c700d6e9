-- One row per receivable document, with its sign: what it asked for or gave, what was set against it, and what is still
-- open. Amounts are in the reporting currency, so that they add up to the ledger's account; `document_` amounts are in
-- the document's own. The `reporting_` amounts are the same once more, for those who read them by that name.
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

owed_back as (
    select * from notes
    union all
    select * from receipts
),

-- What is owed to the customer. A receipt that is used up is owed by nobody; an overpayment or prepayment is a
-- document, as a paid invoice is.
credits as (
    select
        case owed_back.document_entity
            when 'invoices' then {{ make_key(['owed_back.source_system', 'owed_back.invoice_id']) }}
            else {{ make_key(["'payments'", 'owed_back.source_system', 'owed_back.invoice_id']) }}
        end as invoice_key,
        'unknown' as job_key,
        owed_back.*,
        movements.gross_amount,
        movements.gross_amount - movements.open_amount as applied_amount
    from owed_back
    inner join movements
        on
            owed_back.source_system = movements.source_system
            and owed_back.document_entity = movements.document_entity
            and owed_back.invoice_id = movements.invoice_id
    where owed_back.document_kind <> 'unapplied_receipt' or movements.open_amount <> 0
),

documents as (
    select
        invoice_key, job_key, customer_key, source_system, invoice_id, 'invoices' as document_entity, 'invoice' as document_kind, invoice_number,
        issued_on, due_on, currency, gross_amount, applied_amount, load_id
    from {{ ref('int_receivable_invoices') }}
    union all
    select
        invoice_key, job_key, customer_key, source_system, invoice_id, document_entity, document_kind, invoice_number,
        issued_on, due_on, currency, gross_amount, applied_amount, load_id
    from credits
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_receivable_rates') }}
),

-- What is owed to a customer is not late: it is open, and takes off what the customer owes.
aged as (
    select
        documents.*,
        rates.exchange_rate,
        systems.legal_entity,
        gross_amount - applied_amount as open_amount,
        case
            when document_kind = 'invoice' and gross_amount - applied_amount > 0 then greatest({{ days_between('due_on', as_of()) }}, 0)
            else 0
        end as days_overdue
    from documents
    inner join systems on documents.source_system = systems.source_system
    left join rates
        on
            documents.source_system = rates.source_system
            and documents.document_entity = rates.document_entity
            and documents.invoice_id = rates.invoice_id
),

final as (
    select
        invoice_key,
        customer_key,
        job_key,
        {{ as_of() }} as as_of_on,
        issued_on,
        due_on,
        document_kind,
        invoice_number,
        case
            when days_overdue = 0 then 'current'
            when days_overdue <= 30 then '1-30'
            when days_overdue <= 60 then '31-60'
            when days_overdue <= 90 then '61-90'
            when days_overdue <= 120 then '91-120'
            else 'over 120'
        end as ageing_bucket,
        cast(days_overdue as integer) as days_overdue,
        currency,
        cast(gross_amount as decimal(18, 2)) as document_gross_amount,
        cast(applied_amount as decimal(18, 2)) as document_applied_amount,
        cast(open_amount as decimal(18, 2)) as document_open_amount,
        exchange_rate,
        {% for prefix in ['', 'reporting_'] %}
            {{ converted('gross_amount', 'exchange_rate') }} as {{ prefix }}gross_amount,
            cast(
                {{ converted('gross_amount', 'exchange_rate') }} - {{ converted('open_amount', 'exchange_rate') }} as decimal(18, 2)
            ) as {{ prefix }}applied_amount,
            {{ converted('open_amount', 'exchange_rate') }} as {{ prefix }}open_amount,
        {% endfor %}
        legal_entity,
        source_system,
        invoice_id,
        load_id
    from aged
)

select * from final
