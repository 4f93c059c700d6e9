-- One row per standing invoice line whose tax code has a rate: its tax is not the rate of its code and product category on its net.
with headers as (
    select * from {{ ref('int_live_invoices') }}
),

-- What a credit note gives back is taxed as the invoice was that it corrects.
lines as (
    select
        documents.*,
        coalesce(corrected.issued_on, documents.issued_on) as taxed_on
    from {{ ref('int_live_document_lines') }} as documents
    left join headers as corrected
        on documents.source_system = corrected.source_system and documents.corrects_invoice_id = corrected.invoice_id
),

-- Where the header's net is not the lines', it is their net that is in doubt: invoice_header_mismatch says so.
doubtful as (
    select lines.invoice_key
    from lines
    inner join headers on lines.invoice_key = headers.invoice_key
    group by lines.invoice_key
    having abs(sum(lines.net_amount) - max(headers.net_amount)) > 0.01
),

products as (
    select product_key, max(product_category) as product_category from {{ ref('dim_product') }}
    group by product_key
),

rates as (
    select * from {{ ref('cnf_tax_rates') }}
),

-- The rate of the code for the product's category; else the code's own for any category.
rated as (
    select
        lines.source_system,
        lines.invoice_line_id,
        rates.rate_pct,
        rates.product_category
    from lines
    left join products on lines.product_key = products.product_key
    inner join rates on lines.source_system = rates.source_system and lines.tax_code = rates.tax_code
    where
        lines.taxed_on >= rates.valid_from and lines.taxed_on <= coalesce(rates.valid_to, lines.taxed_on)
        and (rates.product_category is null or rates.product_category = products.product_category)
    qualify row_number() over (
        partition by lines.source_system, lines.invoice_line_id
        order by rates.product_category is null nulls last, rates.valid_from desc nulls last, rates.rate_pct nulls last
    ) = 1
),

rules as (
    {{ control_rules('tax_mismatch') }}
),

compared as (
    select
        lines.*,
        rated.rate_pct,
        {{ share('lines.net_amount', 'rated.rate_pct', '100') }} as due_amount
    from lines
    inner join rated on lines.source_system = rated.source_system and lines.invoice_line_id = rated.invoice_line_id
    left join doubtful on lines.invoice_key = doubtful.invoice_key
    where doubtful.invoice_key is null
),

examined as (
    select
        compared.invoice_line_id as entity_id,
        compared.source_system,
        compared.job_key,
        compared.invoice_key,
        compared.product_key,
        compared.customer_key,
        compared.issued_on as occurred_on,
        compared.invoice_number,
        compared.tax_code,
        compared.rate_pct,
        compared.currency,
        compared.net_amount,
        compared.due_amount as expected_amount,
        cast(coalesce(compared.tax_amount, 0) as decimal(18, 2)) as actual_amount,
        cast(compared.due_amount - coalesce(compared.tax_amount, 0) as decimal(18, 2)) as at_risk_amount,
        compared.net_amount as examined_amount,
        case when coalesce(compared.tax_amount, 0) < compared.due_amount then 'too_little_tax' else 'too_much_tax' end as cause,
        compared.tax_code || ' is ' || {{ number_in_words('compared.rate_pct') }}
        || ' %: correct the tax or the code on ' || compared.invoice_number as suggested_action,
        {{ beyond_tolerance('compared.due_amount - coalesce(compared.tax_amount, 0)', '0') }} as is_exception
    from compared
    inner join rules on {{ in_force('compared.issued_on') }}
),

final as (
    {{ control_rows('tax_mismatch', 'invoice_lines', has=['job_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=['invoice_number', 'tax_code', 'rate_pct', 'net_amount', 'actual_amount', 'expected_amount', 'currency']) }}
)

select * from final
