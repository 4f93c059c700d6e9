-- One row per application to an invoice by the day of the position, laid on the invoice's gross: payments first, then what is no payment.
with applications as (
    select * from {{ ref('cnf_payment_applications') }}
),

payments as (
    select * from {{ ref('int_applied_cash') }}
    where left_out_reason is null
),

invoices as (
    select
        source_system,
        invoice_id,
        cast(sum(document_amount + tax_amount) as decimal(18, 2)) as gross_amount
    from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided' and left_out_reason is null
    group by source_system, invoice_id
),

laid as (
    select
        applications.source_system,
        applications.application_id,
        applications.invoice_id,
        applications.credit_note_id,
        applications.payment_id,
        applications.kind,
        applications.applied_on,
        case
            when applications.kind = 'payment' then payments.reversed_on
            -- Not greatest() alone: it takes the other date where one is null.
            when applications.reversed_on is not null then greatest(applications.reversed_on, applications.applied_on)
        end as reversed_on,
        applications.amount,
        invoices.gross_amount,
        sum(applications.amount) over (
            partition by applications.source_system, applications.invoice_id
            order by case when applications.kind = 'payment' then 0 else 1 end, applications.applied_on, applications.application_id
            rows between unbounded preceding and current row
        ) as running_amount
    from applications
    inner join invoices on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    left join payments
        on applications.source_system = payments.source_system and applications.application_id = payments.application_id
    where invoices.gross_amount <> 0 and (applications.kind <> 'payment' or payments.application_id is not null)
),

final as (
    select
        *,
        coalesce(reversed_on <= {{ as_of() }}, false) as is_reversed
    from laid
    where applied_on <= {{ as_of() }}
)

select * from final
