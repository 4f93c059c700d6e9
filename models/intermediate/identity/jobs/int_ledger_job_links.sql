-- One row per invoice line, and per journal line on an account of jobs, with its job.
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
        on lines.source_system = open_jobs.source_system and lines.invoice_line_id = open_jobs.invoice_line_id
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

journal_lines as (
    select * from {{ ref('int_journal_lines_of_jobs') }}
),

refs as (
    select * from {{ ref('int_job_references') }}
),

mentions as (
    select
        source_system,
        source_id,
        case when count(*) = 1 then min(job_key) end as job_key,
        case when count(*) = 1 then 'job_code_in_text' else 'several_jobs' end as match_rule,
        case when count(*) > 1 then {{ sorted_list('job_key') }} end as candidates
    from {{ ref('int_job_mentions') }}
    where source_entity = 'journal_lines'
    group by source_system, source_id
),

final as (
    select source_system, 'invoice_lines' as source_entity, invoice_line_id as source_id, job_key, match_rule, candidates
    from invoice_lines
    union all
    select
        journal_lines.source_system,
        'journal_lines',
        journal_lines.journal_line_id,
        coalesce(refs.job_key, document_lines.job_key, documents.job_key, mentions.job_key),
        case
            when refs.job_key is not null then refs.match_rule
            when coalesce(document_lines.job_key, documents.job_key) is not null then 'document'
            else coalesce(mentions.match_rule, refs.match_rule)
        end,
        case
            when coalesce(refs.job_key, document_lines.job_key, documents.job_key) is null then coalesce(mentions.candidates, refs.candidates)
        end
    from journal_lines
    left join refs on journal_lines.source_system = refs.source_system and journal_lines.job_ref = refs.job_ref
    left join {{ ref('int_journal_document_lines') }} as posted
        on journal_lines.source_system = posted.source_system and journal_lines.journal_line_id = posted.journal_line_id
    left join invoice_lines as document_lines
        on
            posted.source_system = document_lines.source_system
            and posted.invoice_line_id = document_lines.invoice_line_id
    left join invoices as documents
        on journal_lines.source_system = documents.source_system and journal_lines.document_id = documents.invoice_id
    left join mentions on journal_lines.source_system = mentions.source_system and journal_lines.journal_line_id = mentions.source_id
)

select * from final
