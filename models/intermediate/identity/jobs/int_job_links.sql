-- One row per record of a system that belongs to a job or might, with the job that a person or a rule gives it.
with invoice_lines as (
    select
        lines.source_system,
        lines.invoice_line_id,
        lines.invoice_id,
        coalesce(links.job_key, open_jobs.job_key) as job_key,
        coalesce(links.match_rule, open_jobs.match_rule) as match_rule,
        coalesce(links.candidates, open_jobs.candidates) as candidates
    from {{ ref('cnf_invoice_lines') }} as lines
    left join {{ ref('int_invoice_line_links') }} as links
        on lines.source_system = links.source_system and lines.invoice_line_id = links.invoice_line_id
    left join {{ ref('int_open_jobs') }} as open_jobs
        on
            lines.source_system = open_jobs.source_system
            and open_jobs.source_entity = 'invoice_lines'
            and lines.invoice_line_id = open_jobs.source_id
),

invoices as (
    select
        source_system,
        invoice_id,
        min(job_key) as job_key
    from invoice_lines
    group by source_system, invoice_id
    having count(distinct job_key) = 1 and count(job_key) = count(*)
),

-- A field of its own goes before the document that is posted, and that before a text and the open jobs.
journal_lines as (
    select
        links.source_system,
        links.journal_line_id,
        case
            when links.match_rule in ('job_code_in_text', 'several_jobs', 'document') or links.match_rule is null
                then coalesce(document_lines.job_key, documents.job_key)
        end as document_job_key,
        coalesce(links.job_key, open_jobs.job_key) as own_job_key,
        coalesce(nullif(links.match_rule, 'document'), open_jobs.match_rule) as own_rule,
        coalesce(links.candidates, open_jobs.candidates) as candidates
    from {{ ref('int_journal_line_links') }} as links
    left join {{ ref('int_journal_document_lines') }} as posted
        on links.source_system = posted.source_system and links.journal_line_id = posted.journal_line_id
    left join invoice_lines as document_lines
        on
            posted.source_system = document_lines.source_system
            and posted.invoice_line_id = document_lines.invoice_line_id
    left join invoices as documents
        on links.source_system = documents.source_system and links.document_id = documents.invoice_id
    left join {{ ref('int_open_jobs') }} as open_jobs
        on
            links.source_system = open_jobs.source_system
            and open_jobs.source_entity = 'journal_lines'
            and links.journal_line_id = open_jobs.source_id
),

links as (
    select source_system, 'invoice_lines' as source_entity, invoice_line_id as source_id, job_key, match_rule, candidates
    from invoice_lines
    union all
    select
        source_system,
        'journal_lines',
        journal_line_id,
        coalesce(document_job_key, own_job_key),
        case when document_job_key is not null then 'document' else own_rule end,
        case when document_job_key is null and own_job_key is null then candidates end
    from journal_lines
),

decisions as (
    select * from {{ ref('int_job_decisions') }}
),

final as (
    select source_system, source_entity, source_id, job_key, match_rule, candidates, decided_by, decided_on
    from {{ ref('int_record_job_links') }}
    union all
    {{ links_with_decisions('links', 'decisions') }}
)

select * from final
