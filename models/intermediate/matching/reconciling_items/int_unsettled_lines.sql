-- One row per line of an invoice or credit note with what nothing settled of it, and the reason.
with lines as (
    select * from {{ ref('int_billing_items') }}
    where is_unrated is not true
),

netted as (
    select positive_key as item_key from {{ ref('int_billing_netted') }} where match_rule = 'same_line'
    union
    select negative_key from {{ ref('int_billing_netted') }} where match_rule = 'same_line'
),

-- Of a voided line one event alone is here where the other's day has no rate.
voided as (
    select source_system, source_id as invoice_line_id from {{ ref('int_stage_events') }}
    where valuation_rule = 'voided'
),

settled as (
    select
        item_key,
        sum(settled_amount) as settled_amount,
        sum(settled_reporting_amount) as settled_reporting_amount
    from {{ ref('int_settled_lines') }}
    group by item_key
),

receivables as (
    select * from {{ ref('int_receivable_invoices') }}
),

applied as (
    select
        source_system,
        invoice_id,
        sum(amount) as applied_amount
    from {{ ref('int_settlements') }}
    where not is_reversed
    group by source_system, invoice_id
),

documents as (
    select
        lines.source_system,
        lines.invoice_id,
        max(stretches.gross_amount) as gross_amount
    from lines
    inner join {{ ref('int_document_stretches') }} as stretches on lines.item_key = stretches.item_key
    group by lines.source_system, lines.invoice_id
),

-- The header is what the customer was asked for; the lines are what was invoiced.
invoices as (
    select
        documents.source_system,
        documents.invoice_id,
        documents.gross_amount,
        receivables.due_on,
        coalesce(receivables.gross_amount, documents.gross_amount) as header_amount,
        coalesce(applied.applied_amount, 0) as applied_amount,
        coalesce(records.status = 'paid', false) as is_called_paid
    from documents
    left join receivables on documents.source_system = receivables.source_system and documents.invoice_id = receivables.invoice_id
    left join {{ ref('cnf_invoices') }} as records
        on documents.source_system = records.source_system and documents.invoice_id = records.invoice_id
    left join applied on documents.source_system = applied.source_system and documents.invoice_id = applied.invoice_id
),

open_lines as (
    select
        lines.*,
        invoices.gross_amount,
        invoices.header_amount,
        invoices.applied_amount,
        invoices.is_called_paid,
        voided.invoice_line_id is not null as is_voided,
        coalesce(invoices.due_on, lines.event_on) as due_on,
        lines.document_amount - coalesce(settled.settled_amount, 0) as open_amount,
        cast(lines.reporting_amount - coalesce(settled.settled_reporting_amount, 0) as decimal(18, 2)) as open_reporting_amount
    from lines
    left join netted on lines.item_key = netted.item_key
    left join voided on lines.source_system = voided.source_system and lines.invoice_line_id = voided.invoice_line_id
    left join settled on lines.item_key = settled.item_key
    left join invoices on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    where netted.item_key is null
),

final as (
    select
        'invoiced_to_cash' as gap,
        'from' as side,
        open_lines.item_key as from_event_key,
        cast(null as {{ dbt.type_string() }}) as to_event_key,
        cast(null as {{ dbt.type_string() }}) as related_event_key,
        case
            when open_lines.document_amount = 0 then 'non_billable'
            when open_lines.is_voided then 'voided'
            when open_lines.stage = 'credited' then 'credit_unapplied'
            when open_lines.header_amount <> open_lines.gross_amount and open_lines.applied_amount >= open_lines.header_amount then 'header_mismatch'
            when open_lines.applied_amount >= open_lines.gross_amount then 'rounding'
            -- What the ledger calls paid nobody will ask for again; what it keeps open is late, however little it is.
            when open_lines.is_called_paid then 'short_paid'
            when open_lines.due_on >= {{ as_of() }} then 'not_yet_due'
            else 'overdue'
        end as reason,
        'unmatched' as match_rule,
        open_lines.open_reporting_amount as from_amount,
        cast(0 as decimal(18, 2)) as to_amount
    from open_lines
    where open_lines.open_amount <> 0 or open_lines.document_amount = 0
)

select * from final
