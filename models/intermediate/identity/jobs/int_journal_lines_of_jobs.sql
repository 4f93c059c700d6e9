-- One row per journal line on an account whose amounts belong to jobs: revenue, accrued and deferred income, work in progress, cost of sales.
with lines as (
    select * from {{ ref('cnf_journal_lines') }}
),

accounts as (
    select * from {{ ref('cnf_accounts') }}
    where account_role in ('revenue', 'accrued_income', 'deferred_income', 'customer_deposits', 'wip', 'cost_of_sales')
)

select
    lines.source_system,
    lines.journal_line_id,
    lines.document_type,
    lines.document_id,
    lines.document_line_id,
    lines.job_ref,
    lines.description,
    lines.customer_id,
    lines.product_code,
    lines.posted_on
from lines
inner join accounts on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
