-- One row per standing invoice line on a revenue account, of a document of these books: no job, or nothing but a guess, could be found for it.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
),

accounts as (
    select * from {{ ref('cnf_accounts') }}
),

links as (
    select
        xref.source_system,
        xref.source_id,
        xref.match_rule,
        said.match_rule as said_rule
    from {{ ref('xref_job') }} as xref
    left join {{ ref('int_invoice_line_links') }} as said
        on xref.source_system = said.source_system and xref.source_id = said.invoice_line_id
    where xref.source_entity = 'invoice_lines'
),

-- The very amount is open on more than one job.
ambiguous as (
    select source_system, invoice_line_id from {{ ref('int_line_suggestions') }}
    group by source_system, invoice_line_id
    having count(*) > 1
),

rules as (
    {{ control_rules('invoice_without_job') }}
),

-- A line that a person said belongs to no job is decided.
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
        lines.currency,
        lines.net_amount,
        cast(0 as decimal(18, 2)) as expected_amount,
        lines.net_amount as actual_amount,
        lines.net_amount as at_risk_amount,
        lines.net_amount as examined_amount,
        case
            when links.match_rule <> 'no_job' then 'guessed_from_open_jobs' when lines.job_ref is null then 'no_reference' else 'reference_not_found'
        end as cause,
        'Put the job on ' || lines.invoice_number || ', or decide it in seeds/job_links.csv' as suggested_action,
        lines.job_key = 'unknown' and links.match_rule <> 'decision' and coalesce(links.said_rule, '') <> 'several_jobs'
        and ambiguous.invoice_line_id is null as is_exception
    from lines
    inner join rules on {{ in_force('lines.issued_on') }}
    left join accounts on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join links on lines.source_system = links.source_system and lines.invoice_line_id = links.source_id
    left join ambiguous on lines.source_system = ambiguous.source_system and lines.invoice_line_id = ambiguous.invoice_line_id
    -- What was billed before the books began was for work of then, which nobody hands over.
    left join {{ ref('int_before_the_books') }} as old_bills
        on lines.source_system = old_bills.source_system and lines.invoice_id = old_bills.document_id and old_bills.document_kind = 'invoice'
    where coalesce(accounts.account_role, 'revenue') = 'revenue' and lines.net_amount <> 0 and old_bills.document_id is null
),

final as (
    {{ control_rows('invoice_without_job', 'invoice_lines', has=['invoice_key', 'product_key', 'customer_key'],
        evidence=['invoice_number', 'description', 'job_ref', 'net_amount', 'currency']) }}
)

select * from final
