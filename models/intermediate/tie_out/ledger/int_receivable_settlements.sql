-- One row per application to a sales document, in the ledger's base currency: what it takes off the document, and what is given for it.
with rates as (
    select * from {{ ref('int_document_rates') }}
),

documents as (
    select
        terms.source_system,
        terms.invoice_id,
        terms.customer_key,
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
receipts as (
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

-- Rounding running totals, an invoice's and a receipt's, leaves nothing over once the one is settled and the other used up.
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

-- An application takes from the invoice at the invoice's rate what it gives at the rate of the receipt or credit note; the two differ by translation.
final as (
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
            when receipts.receivable_amount = receipts.whole_amount
                then
                    {{ converted('running.given_so_far', 'receipts.base_rate') }}
                    - {{ converted('running.given_so_far - running.given_amount', 'receipts.base_rate') }}
            else {{ converted(share('running.given_amount', 'receipts.receivable_amount', 'receipts.whole_amount'), 'receipts.base_rate') }}
        end as given_amount
    from running
    inner join documents as settled on running.source_system = settled.source_system and running.invoice_id = settled.invoice_id
    left join documents as credits on running.source_system = credits.source_system and running.credit_note_id = credits.invoice_id
    left join receipts on running.source_system = receipts.source_system and running.payment_id = receipts.payment_id
)

select * from final
