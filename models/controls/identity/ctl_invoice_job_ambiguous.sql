-- One row per standing invoice line: more than one job could be meant.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
),

-- What the line or its document says. Several open jobs of a customer of which nothing is said are no ambiguity of the line.
links as (
    select source_system, invoice_line_id as source_id, match_rule, candidates
    from {{ ref('int_invoice_line_links') }}
),

-- Of which nothing is said, but whose very amount is open on more than one.
suggested as (
    select
        source_system,
        invoice_line_id,
        {{ sorted_list('job_key') }} as candidates
    from {{ ref('int_line_suggestions') }}
    group by source_system, invoice_line_id
    having count(*) > 1
),

named as (
    select
        links.source_system,
        links.source_id,
        {{ each_match('coalesce(suggested.candidates, links.candidates)', '[0-9a-f]{32}') }} as job_key
    from links
    left join suggested on links.source_system = suggested.source_system and links.source_id = suggested.invoice_line_id
),

-- The jobs by the names that people know.
jobs as (
    select named.source_system, named.source_id, {{ sorted_list('labels.label') }} as job_names
    from named
    inner join {{ ref('int_record_labels') }} as labels on named.job_key = labels.document_link and labels.document_kind = 'job'
    group by named.source_system, named.source_id
),

rules as (
    {{ control_rules('invoice_job_ambiguous') }}
),

examined as (
    select
        lines.invoice_line_id as entity_id,
        lines.source_system,
        lines.invoice_key,
        lines.product_key,
        lines.customer_key,
        lines.issued_on as occurred_on,
        lines.invoice_number,
        lines.description,
        lines.job_ref,
        jobs.job_names,
        lines.currency,
        cast(null as decimal(18, 2)) as expected_amount,
        lines.net_amount as actual_amount,
        lines.net_amount as at_risk_amount,
        lines.net_amount as examined_amount,
        'several_jobs' as cause,
        'Name one job on ' || lines.invoice_number || ', or decide it in seeds/job_links.csv' as suggested_action,
        -- Whatever a person said of a line, also that it belongs to no job, is an answer.
        decided.source_id is null and (coalesce(links.match_rule, '') = 'several_jobs' or suggested.invoice_line_id is not null) as is_exception
    from lines
    inner join rules on {{ in_force('lines.issued_on') }}
    inner join links on lines.source_system = links.source_system and lines.invoice_line_id = links.source_id
    left join jobs on lines.source_system = jobs.source_system and lines.invoice_line_id = jobs.source_id
    left join suggested on lines.source_system = suggested.source_system and lines.invoice_line_id = suggested.invoice_line_id
    left join {{ ref('xref_job') }} as decided
        on
            lines.source_system = decided.source_system
            and lines.invoice_line_id = decided.source_id
            and decided.source_entity = 'invoice_lines'
            and decided.match_rule = 'decision'
),

final as (
    {{ control_rows('invoice_job_ambiguous', 'invoice_lines', has=['invoice_key', 'product_key', 'customer_key'],
        evidence=['invoice_number', 'description', 'job_ref', 'job_names', 'actual_amount', 'currency']) }}
)

select * from final
