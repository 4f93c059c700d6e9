-- One row per line of a sales document that stands on the day of the position, with the job that it names, and what its account says it is.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
),

lines as (
    select * from {{ ref('cnf_invoice_lines') }}
),

-- A job that only its customer says is meant is a guess: it is good enough for a total, and no evidence that the job was billed.
placed as (
    select
        *,
        case when job_match_rule like 'only_open_job%' then 'unknown' else job_key end as named_job_key,
        case when job_match_rule like 'only_open_job%' then 'unknown' else contract_key end as named_contract_key
    from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided'
),

final as (
    select
        invoices.invoice_key,
        placed.named_job_key as job_key,
        placed.job_match_rule,
        placed.named_contract_key as contract_key,
        placed.work_order_key,
        placed.product_key,
        invoices.customer_key,
        lines.source_system,
        lines.invoice_id,
        lines.invoice_line_id,
        invoices.invoice_number,
        invoices.invoice_type,
        invoices.credit_reason,
        invoices.corrects_invoice_id,
        invoices.issued_on,
        invoices.currency,
        lines.product_code,
        lines.description,
        lines.quantity,
        lines.unit_price,
        lines.discount_amount,
        lines.net_amount,
        lines.tax_amount,
        lines.tax_code,
        lines.account_code,
        placed.line_role,
        lines.job_ref,
        lines.work_order_ref,
        lines.delivery_id,
        lines.period_starts_on,
        lines.period_ends_on,
        lines.signed_net_amount
    from lines
    inner join invoices on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    inner join placed on lines.source_system = placed.source_system and lines.invoice_line_id = placed.invoice_line_id
)

select * from final
