-- One row per occasion on which what is owed for an invoice changed: issued, voided, settled, or a settlement taken back.
with invoices as (
    select
        invoices.source_system,
        invoices.invoice_id,
        invoices.gross_amount,
        terms.issued_on,
        terms.voided_on
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    where terms.invoice_type = 'invoice' and terms.left_out_reason is null
),

-- What is applied is taken back by itself or with its receipt, whichever comes first.
settlements as (
    select
        applications.source_system,
        applications.application_id,
        applications.invoice_id,
        applications.amount,
        applications.applied_on,
        case
            when payments.status = 'reversed'
                then least(applications.reversed_on, coalesce(payments.reversed_on, cast(payments.landed_at as date)))
            else applications.reversed_on
        end as reversed_on
    from {{ ref('cnf_payment_applications') }} as applications
    inner join invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    left join {{ ref('cnf_payments') }} as payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
),

final as (
    select source_system, invoice_id, 'issued' as movement, 'invoice' as source_id, issued_on as moved_on, gross_amount as amount
    from invoices
    union all
    select source_system, invoice_id, 'voided', 'invoice', voided_on, -gross_amount from invoices
    where voided_on is not null
    union all
    select source_system, invoice_id, 'settled', application_id, applied_on, -amount from settlements
    union all
    select source_system, invoice_id, 'settlement_reversed', application_id, greatest(reversed_on, applied_on), amount from settlements
    where reversed_on is not null
)

select * from final
where moved_on <= {{ as_of() }}
