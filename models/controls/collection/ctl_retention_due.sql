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

-- What customers keep back, and what of it was asked for or came: by lines of documents, by what their payments left on the account, and
-- by money that was posted against it. A retention line that names no job is of its document's.
moves as (
    select
        coalesce(nullif(lines.job_key, 'unknown'), documents.job_key) as job_key,
        documents.customer_key,
        lines.currency,
        lines.invoice_id,
        -lines.signed_net_amount as amount
    from lines
    inner join documents on lines.invoice_key = documents.invoice_key
    union all
    select documents.job_key, documents.customer_key, documents.currency, parts.invoice_id, parts.amount
    from {{ ref('int_application_parts') }} as parts
    inner join documents on parts.source_system = documents.source_system and parts.invoice_id = documents.invoice_id
    where parts.reason = 'retention_held' and parts.applied_on <= {{ as_of() }} and coalesce(parts.reversed_on > {{ as_of() }}, true)
    union all
    select 'unknown', payments.customer_key, payments.currency, null, -sources.amount
    from {{ ref('int_payment_sources') }} as sources
    inner join {{ ref('int_payment_terms') }} as payments
        on sources.source_system = payments.source_system and sources.payment_id = payments.payment_id
    where
        sources.account_role = 'retention' and payments.received_on <= {{ as_of() }}
        and coalesce(payments.reversed_on > {{ as_of() }}, true)
),

of_contracts as (
    select
        jobs.contract_key,
        moves.currency,
        min(jobs.job_key) as job_key,
        min(moves.customer_key) as customer_key,
        {{ sorted_list('case when moves.amount > 0 then moves.invoice_id end') }} as held_on_invoices,
        sum(greatest(moves.amount, 0)) as held_amount,
        sum(greatest(-moves.amount, 0)) as released_amount
    from moves
    inner join jobs on moves.job_key = jobs.job_key
    group by jobs.contract_key, moves.currency
),

-- What no job is known of answers what the customer holds, the first that was due first.
without_job as (
    select moves.customer_key, moves.currency, -sum(moves.amount) as amount
    from moves
    left join jobs on moves.job_key = jobs.job_key
    where jobs.job_key is null
    group by moves.customer_key, moves.currency
),

laid as (
    select
        of_contracts.*,
        coalesce(without_job.amount, 0) as free_amount,
        sum(of_contracts.held_amount - of_contracts.released_amount) over (
            partition by of_contracts.customer_key, of_contracts.currency
            order by contracts.retention_due_on nulls last, of_contracts.contract_key nulls last
            rows between unbounded preceding and current row
        ) as held_so_far_amount
    from of_contracts
    left join contracts on of_contracts.contract_key = contracts.contract_key
    left join without_job on of_contracts.customer_key = without_job.customer_key and of_contracts.currency = without_job.currency
),

held as (
    select
        contract_key,
        currency,
        job_key,
        customer_key,
        held_on_invoices,
        held_amount,
        released_amount + greatest(
            least(free_amount - held_so_far_amount + held_amount - released_amount, held_amount - released_amount), 0
        ) as released_amount
    from laid
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
        held.held_on_invoices,
        held.held_amount,
        held.released_amount,
        held.held_amount as expected_amount,
        held.released_amount as actual_amount,
        held.held_amount - held.released_amount as at_risk_amount,
        held.held_amount as examined_amount,
        case when held.released_amount = 0 then 'not_released' else 'released_in_part' end as cause,
        'Bill the retention of {record} that fell due on ' || {{ day_in_words('contracts.retention_due_on') }} as suggested_action,
        held.held_amount > held.released_amount and {{ window_passed('contracts.retention_due_on') }} as is_exception
    from held
    inner join contracts on held.contract_key = contracts.contract_key
    inner join rules on {{ in_force('contracts.retention_due_on') }}
    where held.held_amount > 0
),

final as (
    {{ control_rows('retention_due', 'contracts', has=['contract_key', 'job_key', 'customer_key'],
        evidence=['retention_due_on', 'held_amount', 'released_amount', 'currency', 'held_on_invoices']) }}
)

select * from final
