-- One row per invoice line, with the job that its own fields, its text or the document it corrects give it.
with lines as (
    select * from {{ ref('cnf_invoice_lines') }}
),

invoices as (
    select * from {{ ref('cnf_invoices') }}
),

refs as (
    select * from {{ ref('int_job_references') }}
),

links as (
    select * from {{ ref('int_document_links') }}
    where source_entity = 'invoice_lines'
),

mentions as (
    select
        source_system,
        source_entity,
        source_id,
        min(job_key) as job_key,
        count(*) as job_count,
        {{ sorted_list('job_key') }} as candidates
    from {{ ref('int_job_mentions') }}
    group by source_system, source_entity, source_id
),

-- The strongest evidence first. A line's own text comes before its document's reference, which speaks for all lines
-- alike.
line_links as (
    select
        lines.source_system,
        lines.invoice_line_id,
        lines.invoice_id,
        lines.product_code,
        case
            when refs.job_key is not null then refs.job_key
            when links.job_key is not null then links.job_key
            when in_line.job_count = 1 then in_line.job_key
            when in_line.job_count is null and in_header.job_count = 1 then in_header.job_key
        end as job_key,
        case
            when refs.job_key is not null then refs.match_rule
            when links.job_key is not null then links.match_rule
            when coalesce(in_line.job_count, in_header.job_count) = 1 then 'job_code_in_text'
            when coalesce(refs.candidates, in_line.candidates, in_header.candidates) is not null then 'several_jobs'
        end as match_rule,
        coalesce(refs.candidates, in_line.candidates, in_header.candidates) as candidates
    from lines
    left join refs on lines.source_system = refs.source_system and lines.job_ref = refs.job_ref
    left join links on lines.source_system = links.source_system and lines.invoice_line_id = links.source_id
    left join mentions as in_line
        on
            lines.source_system = in_line.source_system
            and in_line.source_entity = 'invoice_lines'
            and lines.invoice_line_id = in_line.source_id
    left join mentions as in_header
        on
            lines.source_system = in_header.source_system
            and in_header.source_entity = 'invoices'
            and lines.invoice_id = in_header.source_id
),

single_job_invoices as (
    select
        source_system,
        invoice_id,
        min(job_key) as job_key
    from line_links
    group by source_system, invoice_id
    having count(distinct job_key) = 1 and count(job_key) = count(*)
),

final as (
    select
        line_links.source_system,
        line_links.invoice_line_id,
        line_links.product_code,
        invoices.customer_id,
        invoices.issued_on,
        case when line_links.match_rule is null then corrected.job_key else line_links.job_key end as job_key,
        coalesce(line_links.match_rule, case when corrected.job_key is not null then 'corrected_invoice' end) as match_rule,
        case when line_links.job_key is null then line_links.candidates end as candidates
    from line_links
    left join invoices on line_links.source_system = invoices.source_system and line_links.invoice_id = invoices.invoice_id
    left join single_job_invoices as corrected
        on invoices.source_system = corrected.source_system and invoices.corrects_invoice_id = corrected.invoice_id
)

select * from final
