-- One row per revenue posting, with what it can be matched by; without a rate it is worth 0.
with events as (
    select * from {{ ref('int_stage_events') }}
    -- What takes something back and has no rate takes part in nothing.
    where stage = 'recognised' and (reporting_amount is not null or document_amount > 0)
),

-- What a ledger keeps a line of a document in another currency at.
lines as (
    select
        lines.source_system,
        lines.invoice_line_id,
        documents.currency,
        abs(lines.signed_net_amount) as line_amount,
        abs({{ converted('lines.signed_net_amount', 'rates.base_rate') }}) as base_amount
    from {{ ref('cnf_invoice_lines') }} as lines
    inner join {{ ref('cnf_invoices') }} as documents
        on lines.source_system = documents.source_system and lines.invoice_id = documents.invoice_id
    inner join {{ ref('int_source_systems') }} as systems on lines.source_system = systems.source_system
    inner join {{ ref('int_document_rates') }} as rates
        on lines.source_system = rates.source_system and lines.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    where documents.currency <> systems.base_currency and rates.base_rate > 0
),

-- The ledger may keep what was posted in the document's own currency; there deliveries and postings are the same amounts.
postings as (
    select
        *,
        coalesce(posted_currency is not null and sign(posted_currency_amount) = sign(document_amount), false) as has_own_amount
    from {{ ref('int_recognised_values') }}
),

-- Most ledgers keep their base currency alone. What posts a line of a document in another one is as much of the line as it is of
-- the line's worth.
of_lines as (
    select
        postings.event_key,
        postings.event_on,
        postings.source_system,
        postings.document_line_id,
        lines.currency,
        lines.line_amount,
        lines.base_amount,
        postings.document_amount > 0 as is_positive,
        abs(postings.document_amount) as amount
    from postings
    inner join events on postings.event_key = events.event_key
    inner join lines on postings.source_system = lines.source_system and postings.document_line_id = lines.invoice_line_id
    where
        postings.document_amount <> 0
        and postings.document_type in ('invoice', 'credit_note')
        and (not postings.has_own_amount or postings.posted_currency = postings.currency)
),

stretches as (
    select
        *,
        sum(amount) over (partition by source_system, document_line_id, is_positive) as line_total,
        sum(amount) over (
            partition by source_system, document_line_id, is_positive
            order by event_on asc nulls last, event_key asc nulls last
            rows between unbounded preceding and current row
        ) as ends_at
    from of_lines
),

-- Ledgers round by document: two cents are no other amount.
measured as (
    select
        *,
        case when abs(line_total - base_amount) <= 0.02 then line_total else base_amount end as line_measure
    from stretches
),

line_parts as (
    select
        event_key,
        currency,
        cast(
            case when is_positive then 1 else -1 end * {{ cut('line_amount', 'ends_at - amount', 'ends_at', 'line_measure') }} as decimal(18, 2)
        ) as document_amount
    from measured
    where line_measure > 0
),

journals as (
    select
        source_system,
        journal_line_id,
        reverses_journal_id
    from {{ ref('cnf_journal_lines') }}
),

final as (
    select
        events.event_key as item_key,
        nullif(events.job_key, 'unknown') as job_key,
        events.product_key,
        events.event_on,
        postings.journal_id,
        journals.reverses_journal_id,
        postings.document_id,
        postings.document_line_id,
        coalesce(postings.document_type, 'other') as document_type,
        coalesce(postings.is_manual, false) or coalesce(postings.document_type = 'manual', false) as is_manual,
        documents.credit_reason,
        copies.invoice_id is not null as is_copy,
        coalesce(line_parts.currency, case when postings.has_own_amount then postings.posted_currency end, events.currency) as currency,
        cast(coalesce(
            line_parts.document_amount, case when postings.has_own_amount then postings.posted_currency_amount end, events.document_amount
        ) as decimal(18, 2)) as document_amount,
        coalesce(events.reporting_amount, 0) as reporting_amount,
        events.reporting_amount is null as is_unrated,
        cast(null as decimal(38, 6)) as quantity,
        events.source_system
    from events
    inner join postings on events.event_key = postings.event_key
    inner join journals on events.source_system = journals.source_system and events.source_id = journals.journal_line_id
    left join line_parts on events.event_key = line_parts.event_key
    left join {{ ref('cnf_invoices') }} as documents
        on postings.source_system = documents.source_system and postings.document_id = documents.invoice_id
    left join {{ ref('int_duplicate_invoices') }} as copies
        on postings.source_system = copies.source_system and postings.document_id = copies.invoice_id
)

select * from final
