-- One row per journal line on a revenue account: recognised is its amount with the other sign, since journals are debit positive.
with journal_lines as (
    select journal_lines.*
    from {{ ref('cnf_journal_lines') }} as journal_lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on journal_lines.source_system = accounts.source_system and journal_lines.account_code = accounts.account_code
    where accounts.account_role = 'revenue'
),

-- What a journal line does not say itself, the line of the document behind it may.
document_lines as (
    select * from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided'
),

documents as (
    select * from {{ ref('int_invoice_terms') }}
),

-- What a journal names only by its job is of the job's product, where the job has one.
only_products as (
    select
        job_key,
        min(product_key) as product_key
    from {{ ref('int_job_products') }}
    group by job_key
    having count(*) = 1
),

placed as (
    select
        journal_lines.*,
        posted.invoice_line_id as posted_line_id,
        systems.base_currency,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        coalesce(xref_product.product_key, document_lines.product_key, only_products.product_key, 'unknown') as product_key,
        coalesce(xref_customer.customer_key, documents.customer_key) as customer_key,
        coalesce(document_lines.work_order_key, 'unknown') as work_order_key,
        coalesce(document_lines.person_key, 'unknown') as person_key
    from journal_lines
    inner join {{ ref('int_source_systems') }} as systems on journal_lines.source_system = systems.source_system
    left join {{ ref('int_journal_document_lines') }} as posted
        on journal_lines.source_system = posted.source_system and journal_lines.journal_line_id = posted.journal_line_id
    left join document_lines
        on posted.source_system = document_lines.source_system and posted.invoice_line_id = document_lines.invoice_line_id
    left join documents
        on journal_lines.source_system = documents.source_system and journal_lines.document_id = documents.invoice_id
    left join {{ ref('xref_customer') }} as xref_customer
        on
            journal_lines.source_system = xref_customer.source_system
            and journal_lines.customer_id = xref_customer.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            journal_lines.source_system = xref_product.source_system
            and journal_lines.product_code = xref_product.source_id
            and xref_product.source_entity = 'product_codes'
    left join {{ ref('int_job_links') }} as xref_job
        on
            journal_lines.source_system = xref_job.source_system
            and journal_lines.journal_line_id = xref_job.source_id
            and xref_job.source_entity = 'journal_lines'
    left join only_products on xref_job.job_key = only_products.job_key
),

final as (
    select
        {{ make_key(["'recognised'", 'placed.source_system', 'placed.journal_line_id']) }} as event_key,
        'recognised' as stage,
        coalesce(terms.deal_key, 'unknown') as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        placed.job_key,
        placed.work_order_key,
        placed.product_key,
        coalesce(placed.customer_key, terms.customer_key, 'unknown') as customer_key,
        placed.person_key,
        placed.posted_on as event_on,
        placed.posted_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        placed.base_currency as currency,
        -placed.amount as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        'journal_' || coalesce(placed.document_type, 'other') as valuation_rule,
        placed.job_match_rule,
        case when placed.document_type = 'year_close' then 'year_close' end as left_out_reason,
        placed.journal_id,
        placed.document_type,
        placed.document_id,
        placed.posted_line_id as document_line_id,
        placed.is_manual,
        placed.currency as posted_currency,
        -placed.currency_amount as posted_currency_amount,
        placed.source_system,
        'journal_lines' as source_entity,
        placed.journal_line_id as source_id,
        placed.load_id
    from placed
    left join {{ ref('int_job_terms') }} as terms on placed.job_key = terms.job_key
)

select * from final
