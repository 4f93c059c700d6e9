-- One row per revenue posting, with what it can be matched by; without a rate it is worth 0.
with events as (
    select * from {{ ref('int_stage_events') }}
    -- What takes something back and has no rate takes part in nothing.
    where stage = 'recognised' and (reporting_amount is not null or document_amount > 0)
),

-- The ledger may keep what was posted in the document's own currency; there deliveries and postings are the same amounts.
postings as (
    select
        *,
        coalesce(posted_currency is not null and sign(posted_currency_amount) = sign(document_amount), false) as has_own_amount
    from {{ ref('int_recognised_values') }}
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
        case when postings.has_own_amount then postings.posted_currency else events.currency end as currency,
        cast(case when postings.has_own_amount then postings.posted_currency_amount else events.document_amount end as decimal(18, 2))
            as document_amount,
        coalesce(events.reporting_amount, 0) as reporting_amount,
        events.reporting_amount is null as is_unrated,
        cast(null as decimal(38, 6)) as quantity,
        events.source_system
    from events
    inner join postings on events.event_key = postings.event_key
    inner join journals on events.source_system = journals.source_system and events.source_id = journals.journal_line_id
    left join {{ ref('cnf_invoices') }} as documents
        on postings.source_system = documents.source_system and postings.document_id = documents.invoice_id
    left join {{ ref('int_duplicate_invoices') }} as copies
        on postings.source_system = copies.source_system and postings.document_id = copies.invoice_id
)

select * from final
