-- One row per posted invoice of a customer, on the day of the position: its gross, and what was set against it by then.
with invoices as (
    select
        invoices.*,
        terms.customer_key
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    where
        invoices.invoice_type = 'invoice'
        and terms.left_out_reason is null
        and invoices.issued_on <= {{ as_of() }}
        and (terms.voided_on is null or terms.voided_on > {{ as_of() }})
),

settlements as (
    select
        source_system,
        invoice_id,
        -sum(amount) as applied_amount
    from {{ ref('int_receivable_movements') }}
    where document_entity = 'invoices' and movement in ('settled', 'settlement_reversed')
    group by source_system, invoice_id
),

contracts as (
    select
        {{ make_key(['source_system', 'contract_id']) }} as contract_key,
        payment_terms_days
    from {{ ref('cnf_contracts') }}
),

-- The terms that fall due soonest, among the jobs that the invoice bills, stand in for a missing due date.
terms as (
    select
        lines.source_system,
        lines.invoice_id,
        min(coalesce(contracts.payment_terms_days, policy.payment_terms_days)) as payment_terms_days,
        case when count(distinct lines.job_key) = 1 then min(lines.job_key) else 'unknown' end as job_key
    from {{ ref('int_invoice_values') }} as lines
    left join {{ ref('int_job_terms') }} as jobs on lines.job_key = jobs.job_key
    left join contracts on jobs.contract_key = contracts.contract_key
    left join {{ ref('billing_policy') }} as policy on jobs.job_type = policy.job_type
    where lines.valuation_rule <> 'voided'
    group by lines.source_system, lines.invoice_id
),

final as (
    select
        {{ make_key(['invoices.source_system', 'invoices.invoice_id']) }} as invoice_key,
        coalesce(terms.job_key, 'unknown') as job_key,
        invoices.customer_key,
        invoices.source_system,
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.issued_on,
        coalesce(
            invoices.due_on,
            {{ plus_days('invoices.issued_on', 'coalesce(terms.payment_terms_days, 0)') }}
        ) as due_on,
        invoices.currency,
        invoices.gross_amount,
        coalesce(settlements.applied_amount, 0) as applied_amount,
        invoices.load_id
    from invoices
    left join settlements
        on invoices.source_system = settlements.source_system and invoices.invoice_id = settlements.invoice_id
    left join terms on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
)

select * from final
