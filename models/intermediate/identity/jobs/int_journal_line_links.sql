-- One row per journal line on an account of jobs, with the job that its own field or its text gives it.
-- What posts a sales document has the document's job, or none: it is not asked for one of its own.
with lines as (
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
    select
        lines.source_system,
        lines.journal_line_id,
        lines.document_id,
        lines.customer_id,
        lines.product_code,
        lines.posted_on,
        coalesce(refs.job_key, mentions.job_key) as job_key,
        case
            when refs.job_key is not null then refs.match_rule
            else coalesce(mentions.match_rule, refs.match_rule, case when lines.document_type in ('invoice', 'credit_note') then 'document' end)
        end as match_rule,
        case when refs.job_key is null then coalesce(mentions.candidates, refs.candidates) end as candidates
    from lines
    left join refs on lines.source_system = refs.source_system and lines.job_ref = refs.job_ref
    left join mentions on lines.source_system = mentions.source_system and lines.journal_line_id = mentions.source_id
)

select * from final
