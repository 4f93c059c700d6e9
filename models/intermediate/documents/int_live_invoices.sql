-- One row per sales document that stands on the day of the position: posted by then, and not voided.
with invoices as (
    select * from {{ ref('cnf_invoices') }}
),

terms as (
    select * from {{ ref('int_invoice_terms') }}
),

-- The one job that all its lines of work name; of a document without any, that all its lines name.
lines as (
    select
        *,
        max(case when line_role = 'work' then 1 else 0 end) over (partition by source_system, invoice_id) as has_work
    from {{ ref('int_invoice_values') }}
),

jobs as (
    select
        source_system,
        invoice_id,
        case when count(distinct job_key) = 1 and max(job_match_rule) not like 'only_open_job%' then min(job_key) else 'unknown' end as job_key
    from lines
    where line_role = 'work' or has_work = 0
    group by source_system, invoice_id
),

final as (
    select
        {{ make_key(['invoices.source_system', 'invoices.invoice_id']) }} as invoice_key,
        coalesce(jobs.job_key, 'unknown') as job_key,
        terms.customer_key,
        invoices.source_system,
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.invoice_type,
        invoices.customer_id,
        invoices.status,
        invoices.issued_on,
        invoices.accounting_on,
        invoices.due_on,
        invoices.currency,
        invoices.exchange_rate,
        invoices.net_amount,
        invoices.tax_amount,
        invoices.gross_amount,
        invoices.reference,
        invoices.corrects_invoice_id,
        invoices.credit_reason,
        invoices.entered_by,
        invoices.approved_by,
        invoices.landed_at
    from invoices
    inner join terms on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    left join jobs on invoices.source_system = jobs.source_system and invoices.invoice_id = jobs.invoice_id
    where
        terms.left_out_reason is null
        and invoices.issued_on <= {{ as_of() }}
        and (terms.voided_on is null or terms.voided_on > {{ as_of() }})
)

select * from final
