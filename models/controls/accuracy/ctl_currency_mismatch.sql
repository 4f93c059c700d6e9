-- One row per standing invoice for a job under contract: it is in another currency than the contract.
with lines as (
    select * from {{ ref('int_live_document_lines') }}
    where invoice_type = 'invoice'
),

-- A currency that nobody agreed on is not held against anybody.
agreed as (
    select
        jobs.job_key,
        coalesce(contracts.currency, records.currency, deals.currency) as currency
    from {{ ref('int_job_terms') }} as jobs
    left join {{ ref('dim_contract') }} as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
    left join {{ ref('dim_job') }} as records on jobs.job_key = records.job_key
    left join {{ ref('dim_deal') }} as deals on jobs.deal_key = deals.deal_key and not deals.is_unknown
),

invoices as (
    select
        lines.invoice_key,
        min(lines.source_system) as source_system,
        min(lines.invoice_id) as invoice_id,
        min(lines.invoice_number) as invoice_number,
        min(lines.customer_key) as customer_key,
        min(lines.issued_on) as issued_on,
        min(lines.currency) as currency,
        min(case when lines.currency <> agreed.currency then lines.job_key end) as job_key,
        min(case when lines.currency <> agreed.currency then agreed.currency end) as agreed_currency,
        sum(case when lines.currency <> agreed.currency then lines.net_amount else 0 end) as wrong_amount,
        sum(lines.net_amount) as net_amount
    from lines
    inner join agreed on lines.job_key = agreed.job_key
    where agreed.currency is not null
    group by lines.invoice_key
),

rules as (
    {{ control_rules('currency_mismatch') }}
),

examined as (
    select
        invoices.invoice_id as entity_id,
        invoices.source_system,
        invoices.job_key,
        invoices.invoice_key,
        invoices.customer_key,
        invoices.issued_on as occurred_on,
        invoices.invoice_number,
        invoices.currency,
        invoices.agreed_currency,
        invoices.net_amount,
        cast(0 as decimal(18, 2)) as expected_amount,
        cast(invoices.wrong_amount as decimal(18, 2)) as actual_amount,
        cast(invoices.wrong_amount as decimal(18, 2)) as at_risk_amount,
        cast(invoices.net_amount as decimal(18, 2)) as examined_amount,
        'another_currency' as cause,
        'Credit ' || invoices.invoice_number || ' and bill it in ' || invoices.agreed_currency as suggested_action,
        invoices.agreed_currency is not null as is_exception
    from invoices
    inner join rules on {{ in_force('invoices.issued_on') }}
),

final as (
    {{ control_rows('currency_mismatch', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'currency', 'agreed_currency', 'net_amount']) }}
)

select * from final
