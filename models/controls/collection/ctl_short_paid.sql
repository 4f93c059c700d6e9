-- One row per posted invoice on which money came in: the ledger calls it paid, less came, and nobody agreed to the rest.
with receivables as (
    select * from {{ ref('fct_receivables') }}
    where document_kind = 'invoice'
),

invoices as (
    select * from {{ ref('int_live_invoices') }}
),

paid as (
    select
        source_system,
        invoice_id,
        sum(amount) as paid_amount,
        max(applied_on) as last_paid_on
    from {{ ref('int_applied_cash') }}
    where left_out_reason is null and applied_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
    group by source_system, invoice_id
),

rules as (
    {{ control_rules('short_paid') }}
),

-- What a receipt gave less than its application takes off the invoice, in one currency, is missing although nothing is open.
missing as (
    select
        cash.source_system,
        cash.invoice_id,
        sum(cash.settled_amount - cash.amount) as missing_amount
    from {{ ref('int_applied_cash') }} as cash
    inner join invoices on cash.source_system = invoices.source_system and cash.invoice_id = invoices.invoice_id
    where
        cash.currency = invoices.currency and cash.settled_amount > cash.amount
        and cash.applied_on <= {{ as_of() }} and (cash.reversed_on is null or cash.reversed_on > {{ as_of() }})
    group by cash.source_system, cash.invoice_id
),

short as (
    select
        receivables.*,
        invoices.status,
        cast(
            case when invoices.status = 'paid' then receivables.document_open_amount else 0 end + coalesce(missing.missing_amount, 0)
            as decimal(18, 2)
        ) as short_document_amount,
        coalesce(missing.missing_amount, 0) > 0 as is_settled_for_less
    from receivables
    inner join invoices on receivables.invoice_key = invoices.invoice_key
    left join missing on receivables.source_system = missing.source_system and receivables.invoice_id = missing.invoice_id
),

-- A bill that is still open is late, and not short.
examined as (
    select
        short.invoice_id as entity_id,
        short.source_system,
        short.job_key,
        short.invoice_key,
        short.customer_key,
        paid.last_paid_on as occurred_on,
        short.invoice_number,
        short.due_on,
        paid.last_paid_on,
        short.status,
        '{{ var("reporting_currency") }}' as currency,
        short.currency as document_currency,
        short.document_gross_amount,
        short.gross_amount,
        short.applied_amount,
        short.gross_amount as expected_amount,
        cast(short.gross_amount - {{ converted('short.short_document_amount', 'short.exchange_rate') }} as decimal(18, 2)) as actual_amount,
        {{ converted('short.short_document_amount', 'short.exchange_rate') }} as at_risk_amount,
        short.gross_amount as examined_amount,
        case when short.is_settled_for_less then 'settled_for_less' else 'called_paid' end as cause,
        'Ask the customer about the rest of ' || short.short_document_amount || ' ' || short.currency || ' on ' || short.invoice_number
            as suggested_action,
        {{ above_tolerance('short.short_document_amount', 'short.document_gross_amount') }} as is_exception
    from short
    inner join paid on short.source_system = paid.source_system and short.invoice_id = paid.invoice_id
    inner join rules on {{ in_force('paid.last_paid_on') }}
    where paid.paid_amount > 0
),

final as (
    {{ control_rows('short_paid', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'due_on', 'last_paid_on', 'status', 'gross_amount', 'applied_amount', 'currency',
            'document_gross_amount', 'document_currency']) }}
)

select * from final
