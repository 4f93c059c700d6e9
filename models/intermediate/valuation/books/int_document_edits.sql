-- One row per journal by which the ledger took back an earlier version of a document that stands, on another day than it had posted it.
with reversals as (
    select found.*
    from {{ ref('int_journal_reversals') }} as found
    left join {{ ref('int_document_reversals') }} as whole
        on found.source_system = whole.source_system and found.document_id = whole.document_id
    where whole.document_id is null and found.posted_on <> found.reversed_posted_on
),

edited as (
    select distinct source_system, document_id from reversals
),

-- The version that stands is what was posted last.
standing as (
    select
        lines.source_system,
        lines.document_id,
        max(lines.posted_on) as posted_on
    from {{ ref('cnf_journal_lines') }} as lines
    inner join edited on lines.source_system = edited.source_system and lines.document_id = edited.document_id
    left join reversals on lines.source_system = reversals.source_system and lines.journal_id = reversals.journal_id
    where reversals.journal_id is null and lines.document_type in ('invoice', 'credit_note')
    group by lines.source_system, lines.document_id
),

final as (
    select
        reversals.source_system,
        reversals.document_id,
        reversals.journal_id,
        reversals.reversed_posted_on,
        reversals.posted_on,
        standing.posted_on as standing_posted_on
    from reversals
    inner join standing on reversals.source_system = standing.source_system and reversals.document_id = standing.document_id
)

select * from final
