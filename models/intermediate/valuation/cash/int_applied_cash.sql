-- One row per application of money to a sales document, in the receipt's currency, with the running total of what the document was paid.
with applications as (
    select * from {{ ref('int_application_parts') }}
    where reason = 'cash'
),

payments as (
    select * from {{ ref('int_payment_terms') }}
),

-- What lines of a document take off each other leaves its gross as it is.
asked as (
    select
        source_system,
        invoice_id,
        sum(document_amount + tax_amount) as gross_amount
    from {{ ref('int_invoice_values') }}
    where is_posted
    group by source_system, invoice_id
),

-- What gives a receipt back moves no invoice: the two stand against each other on the unknown job.
valued as (
    select
        applications.source_system,
        applications.application_id,
        applications.kind,
        applications.payment_id,
        applications.invoice_id,
        applications.applied_on,
        applications.reversed_on,
        payments.customer_id,
        payments.received_on,
        payments.currency,
        payments.exchange_rate,
        applications.amount as settled_amount,
        asked.gross_amount,
        applications.load_id,
        applications.given_amount as amount,
        case
            when payments.payment_id is null then 'no_receipt'
            when given_back.payment_id is not null then 'receipt_given_back'
            when asked.gross_amount is null then 'no_invoice'
            when asked.gross_amount = 0 then 'invoice_of_nothing'
            when applications.given_amount is null then 'rate_missing'
        end as left_out_reason
    from applications
    left join payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    left join payments as given_back
        on
            applications.source_system = given_back.source_system
            and case when applications.kind = 'refund' then applications.invoice_id end = given_back.payment_id
    left join asked
        on applications.source_system = asked.source_system and applications.invoice_id = asked.invoice_id
),

final as (
    select
        *,
        sum(case when left_out_reason is null then amount end) over (
            partition by source_system, invoice_id
            order by applied_on nulls last, application_id nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from valued
)

select * from final
