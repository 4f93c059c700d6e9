-- One row per contract whose retention is past its date and is still kept back by the customer.
with lines as (
    select * from {{ ref('int_live_document_lines') }}
    where line_role = 'retention'
),

contracts as (
    select
        *,
        {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
),

rules as (
    {{ control_rules('retention_due') }}
),

documents as (
    select * from {{ ref('int_live_invoices') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

-- A retention line that names no job is of its document's.
held as (
    select
        jobs.contract_key,
        lines.currency,
        min(jobs.job_key) as job_key,
        min(lines.customer_key) as customer_key,
        sum(greatest(-lines.signed_net_amount, 0)) as held_amount,
        sum(greatest(lines.signed_net_amount, 0)) as released_amount
    from lines
    inner join documents on lines.invoice_key = documents.invoice_key
    inner join jobs on coalesce(nullif(lines.job_key, 'unknown'), documents.job_key) = jobs.job_key
    group by jobs.contract_key, lines.currency
),

examined as (
    select
        contracts.contract_id as entity_id,
        contracts.source_system,
        contracts.contract_key,
        held.job_key,
        held.customer_key,
        contracts.retention_due_on as occurred_on,
        contracts.retention_due_on,
        held.currency,
        held.held_amount,
        held.released_amount,
        held.held_amount as expected_amount,
        held.released_amount as actual_amount,
        held.held_amount - held.released_amount as at_risk_amount,
        held.held_amount as examined_amount,
        case when held.released_amount = 0 then 'not_released' else 'released_in_part' end as cause,
        'Bill the retention that contract ' || contracts.contract_id || ' released on ' || contracts.retention_due_on as suggested_action,
        held.held_amount > held.released_amount and {{ window_passed('contracts.retention_due_on') }} as is_exception
    from held
    inner join contracts on held.contract_key = contracts.contract_key
    inner join rules on {{ in_force('contracts.retention_due_on') }}
    where held.held_amount > 0
),

final as (
    {{ control_rows('retention_due', 'contracts', has=['contract_key', 'job_key', 'customer_key'],
        evidence=['retention_due_on', 'held_amount', 'released_amount', 'currency']) }}
)

select * from final
