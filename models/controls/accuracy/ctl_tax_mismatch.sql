-- One row per standing invoice line whose tax code has a rate: its tax is not the rate of its code and product category on its net.
with headers as (
    select * from {{ ref('int_live_invoices') }}
),

-- What a credit note gives back is taxed as the invoice was that it corrects.
lines as (
    select
        documents.*,
        coalesce(corrected.issued_on, documents.issued_on) as taxed_on,
        count(*) over (partition by documents.invoice_key) as line_count,
        count(documents.tax_amount) over (partition by documents.invoice_key) as stated_count
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

-- Of a currency that knows no smaller unit tax is rounded to whole ones.
whole_currencies as (
    select source_system, currency
    from lines
    group by source_system, currency
    having max(abs(net_amount - round(net_amount, 0))) = 0 and max(abs(coalesce(tax_amount, 0) - round(coalesce(tax_amount, 0), 0))) = 0
),

rules as (
    {{ control_rules('tax_mismatch') }}
),

rated_lines as (
    select
        lines.*,
        rated.rate_pct,
        headers.tax_amount as document_tax_amount,
        {{ share('lines.net_amount', 'rated.rate_pct', '100') }} as due_amount,
        case when whole_currencies.currency is not null then 1 else 0 end as unit_amount
    from lines
    inner join rated on lines.source_system = rated.source_system and lines.invoice_line_id = rated.invoice_line_id
    inner join headers on lines.invoice_key = headers.invoice_key
    left join whole_currencies on lines.source_system = whole_currencies.source_system and lines.currency = whole_currencies.currency
    left join doubtful on lines.invoice_key = doubtful.invoice_key
    where doubtful.invoice_key is null
),

-- Where no line says a tax, the document's is held against that of all lines, and the largest line stands for what is wrong with it; where
-- a line has no rate, nobody can tell.
spread as (
    select
        *,
        sum(due_amount) over (partition by invoice_key) as document_due_amount,
        count(*) over (partition by invoice_key) as rated_count,
        row_number() over (partition by invoice_key order by net_amount desc nulls last, invoice_line_id nulls last) as position
    from rated_lines
),

compared as (
    select
        *,
        cast(case
            when stated_count > 0 then coalesce(tax_amount, 0)
            when rated_count = line_count and position = 1 then due_amount + coalesce(document_tax_amount, 0) - document_due_amount
            else due_amount
        end as decimal(18, 2)) as charged_tax_amount,
        case when stated_count > 0 then 1 else line_count end as rounded_count
    from spread
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
        compared.charged_tax_amount as actual_amount,
        cast(compared.due_amount - compared.charged_tax_amount as decimal(18, 2)) as at_risk_amount,
        compared.net_amount as examined_amount,
        case when compared.charged_tax_amount < compared.due_amount then 'too_little_tax' else 'too_much_tax' end as cause,
        compared.tax_code || ' is ' || {{ number_in_words('compared.rate_pct') }}
        || ' %: correct the tax or the code on ' || compared.invoice_number as suggested_action,
        abs(compared.due_amount - compared.charged_tax_amount) > greatest(rules.tolerance_amount, compared.unit_amount) * compared.rounded_count
            as is_exception
    from compared
    inner join rules on {{ in_force('compared.issued_on') }}
),

final as (
    {{ control_rows('tax_mismatch', 'invoice_lines', has=['job_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=['invoice_number', 'tax_code', 'rate_pct', 'net_amount', 'actual_amount', 'expected_amount', 'currency']) }}
)

select * from final
