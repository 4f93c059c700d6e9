-- One row per application of a receipt to an invoice, in the receipt's currency, with the running total of what the invoice was paid.
with applications as (
    select * from {{ ref('cnf_payment_applications') }}
    where kind = 'payment'
),

payments as (
    select * from {{ ref('cnf_payments') }}
),

invoices as (
    select * from {{ ref('int_invoice_terms') }}
),

documents as (
    select
        source_system,
        invoice_id,
        sum(document_amount + tax_amount) as gross_amount
    from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided' and left_out_reason is null
    group by source_system, invoice_id
),

-- Without an amount in its own currency a receipt in the invoice's currency settles what the application says;
-- one in another currency settles it at the two documents' rates.
valued as (
    select
        applications.source_system,
        applications.application_id,
        applications.payment_id,
        applications.invoice_id,
        applications.applied_on,
        case
            when applications.reversed_on is not null or payments.status = 'reversed'
                then greatest(
                    coalesce(applications.reversed_on, payments.reversed_on, cast(payments.landed_at as date)), applications.applied_on
                )
        end as reversed_on,
        payments.customer_id,
        payments.received_on,
        payments.currency,
        payments.exchange_rate,
        documents.gross_amount,
        applications.load_id,
        coalesce(
            applications.payment_amount,
            case when payments.currency = invoices.currency then applications.amount end,
            {{ share('applications.amount', 'invoices.exchange_rate', 'payments.exchange_rate', part_places=12) }}
        ) as amount,
        case
            when payments.payment_id is null then 'no_receipt'
            when documents.gross_amount is null then 'no_invoice'
            when documents.gross_amount = 0 then 'invoice_of_nothing'
            when
                applications.payment_amount is null and payments.currency <> invoices.currency
                and (payments.exchange_rate is null or invoices.exchange_rate is null) then 'rate_missing'
        end as left_out_reason
    from applications
    left join payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    left join invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    left join documents
        on applications.source_system = documents.source_system and applications.invoice_id = documents.invoice_id
),

final as (
    select
        *,
        sum(case when left_out_reason is null then amount end) over (
            partition by source_system, invoice_id
            order by applied_on, application_id
            rows between unbounded preceding and current row
        ) as running_amount
    from valued
)

select * from final
