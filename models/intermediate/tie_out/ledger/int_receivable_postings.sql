-- One row per movement of what customers owe, in the ledger's base currency, as its documents say it should have been posted.
with rates as (
    select * from {{ ref('int_document_rates') }}
),

documents as (
    select
        invoices.*,
        terms.voided_on as turned_on,
        terms.left_out_reason,
        case when invoices.invoice_type = 'credit_note' then -1 else 1 end as sign,
        rates.base_rate
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    inner join rates
        on invoices.source_system = rates.source_system and invoices.invoice_id = rates.document_id and rates.document_kind = 'invoice'
),

receipts as (
    select * from {{ ref('int_receipt_postings') }}
),

-- Rounding running totals, an invoice's and a receipt's, leaves nothing over once the one is settled and the other used up.
settlements as (
    select
        applications.*,
        cash.amount as cash_amount,
        cash.reversed_on as cash_reversed_on,
        sum(applications.amount) over (
            partition by applications.source_system, applications.invoice_id
            order by applications.applied_on, case applications.kind when 'payment' then 1 else 2 end, applications.application_id
            rows between unbounded preceding and current row
        ) as settled_so_far,
        sum(cash.amount) over (
            partition by applications.source_system, applications.payment_id
            order by applications.applied_on, applications.application_id
            rows between unbounded preceding and current row
        ) as given_so_far
    from {{ ref('cnf_payment_applications') }} as applications
    left join {{ ref('int_applied_cash') }} as cash
        on applications.source_system = cash.source_system and applications.application_id = cash.application_id
),

-- An application takes from the invoice at the invoice's rate what it gives at the rate of the receipt or credit note; the two differ by translation.
applications as (
    select
        applications.source_system,
        applications.kind,
        coalesce(applications.credit_note_id, applications.payment_id, settled.customer_id || ' ' || applications.applied_on) as document_id,
        applications.applied_on,
        coalesce(applications.reversed_on, applications.cash_reversed_on) as reversed_on,
        {{ converted('applications.settled_so_far', 'settled.base_rate') }}
        - {{ converted('applications.settled_so_far - applications.amount', 'settled.base_rate') }} as settled_amount,
        case applications.kind
            when 'payment'
                then
                    {{ converted('applications.given_so_far', 'receipts.base_rate') }}
                    - {{ converted('applications.given_so_far - applications.cash_amount', 'receipts.base_rate') }}
            when 'credit_note' then {{ converted('applications.amount', 'credits.base_rate') }}
            else 0
        end as given_amount
    from settlements as applications
    inner join documents as settled
        on applications.source_system = settled.source_system and applications.invoice_id = settled.invoice_id
    left join documents as credits
        on applications.source_system = credits.source_system and applications.credit_note_id = credits.invoice_id
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
        applied_on, given_amount - settled_amount
    from applications
    union all
    select
        source_system, case kind when 'payment' then 'receipt' when 'credit_note' then 'credit_note' else 'write_off' end, document_id,
        reversed_on, settled_amount - given_amount
    from applications
    where reversed_on is not null
)

select * from final
where posted_on <= {{ as_of() }}
