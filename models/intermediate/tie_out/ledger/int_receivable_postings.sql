-- One row per movement of what customers owe, in the ledger's base currency, as its documents say it should have been posted.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

documents as (
    select
        invoices.*,
        terms.voided_on as turned_on,
        terms.left_out_reason,
        case when invoices.invoice_type = 'credit_note' then -1 else 1 end as sign,
        case when invoices.currency = systems.base_currency then 1 else invoices.exchange_rate end as base_rate
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    inner join systems on invoices.source_system = systems.source_system
),

receipts as (
    select * from {{ ref('int_receipt_postings') }}
),

-- An application takes from the invoice at the invoice's rate what it gives at the rate of the receipt or credit note; the two differ by translation.
applications as (
    select
        applications.source_system,
        applications.kind,
        coalesce(applications.credit_note_id, applications.payment_id, settled.customer_id || ' ' || applications.applied_on) as document_id,
        applications.applied_on,
        coalesce(applications.reversed_on, case when applications.kind = 'payment' then cash.reversed_on end) as reversed_on,
        {{ converted('applications.amount', 'settled.base_rate') }} as settled_amount,
        case applications.kind
            when 'payment' then {{ converted('cash.amount', 'receipts.base_rate') }}
            when 'credit_note' then {{ converted('applications.amount', 'credits.base_rate') }}
            else 0
        end as given_amount
    from {{ ref('cnf_payment_applications') }} as applications
    inner join documents as settled
        on applications.source_system = settled.source_system and applications.invoice_id = settled.invoice_id
    left join documents as credits
        on applications.source_system = credits.source_system and applications.credit_note_id = credits.invoice_id
    left join {{ ref('int_applied_cash') }} as cash
        on applications.source_system = cash.source_system and applications.application_id = cash.application_id
    left join receipts
        on applications.source_system = receipts.source_system and applications.payment_id = receipts.payment_id and receipts.turn = 'received'
    where settled.left_out_reason is null
),

final as (
    select
        source_system, invoice_type as document_type, invoice_id as document_id, coalesce(accounting_on, issued_on) as posted_on,
        sign * {{ converted('gross_amount', 'base_rate') }} as amount
    from documents
    where left_out_reason is null
    union all
    select source_system, invoice_type, invoice_id, turned_on, -sign * {{ converted('gross_amount', 'base_rate') }}
    from documents
    where left_out_reason is null and turned_on is not null
    union all
    select source_system, 'receipt', payment_id, posted_on, -amount from receipts
    union all
    select
        source_system, case kind when 'payment' then 'receipt' when 'credit_note' then 'credit_note' else 'write_off' end, document_id,
        applied_on, coalesce(given_amount, 0) - coalesce(settled_amount, 0)
    from applications
    union all
    select
        source_system, case kind when 'payment' then 'receipt' when 'credit_note' then 'credit_note' else 'write_off' end, document_id,
        reversed_on, coalesce(settled_amount, 0) - coalesce(given_amount, 0)
    from applications
    where reversed_on is not null
)

select * from final
where posted_on <= {{ as_of() }}
