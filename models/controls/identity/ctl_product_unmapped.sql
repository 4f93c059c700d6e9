-- One row per standing invoice line with a product code: it is in no price list.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
    where trim(product_code) <> ''
),

links as (
    select * from {{ ref('xref_product') }}
    where source_entity = 'product_codes'
),

-- A code that only the ledger's own list has is in no price list, where another system keeps one.
listed as (
    select distinct
        systems.legal_entity,
        xref.product_key,
        xref.source_system
    from {{ ref('xref_product') }} as xref
    inner join {{ ref('int_source_systems') }} as systems on xref.source_system = systems.source_system
    where xref.source_entity = 'products'
),

billers as (
    select distinct source_system from {{ ref('cnf_invoices') }}
),

price_lists as (
    select distinct listed.legal_entity, listed.product_key
    from listed
    left join billers on listed.source_system = billers.source_system
    where billers.source_system is null
),

-- A company without a list of its own bills by the list of another in its group.
companies as (
    select distinct legal_entity from price_lists
),

sold as (
    select distinct product_key from price_lists
),

known as (
    select distinct product_key from listed
),

rules as (
    {{ control_rules('product_unmapped') }}
),

examined as (
    select
        lines.invoice_line_id as entity_id,
        lines.source_system,
        lines.job_key,
        lines.invoice_key,
        lines.customer_key,
        lines.issued_on as occurred_on,
        lines.invoice_number,
        lines.product_code,
        lines.description,
        lines.currency,
        cast(null as decimal(18, 2)) as expected_amount,
        lines.net_amount as actual_amount,
        lines.net_amount as at_risk_amount,
        lines.net_amount as examined_amount,
        case when known.product_key is null then 'code_not_found' else 'in_the_ledger_only' end as cause,
        'Use a code of the price list for ' || lines.product_code || ', or decide it in seeds/product_links.csv' as suggested_action,
        case when companies.legal_entity is null then known.product_key is null else sold.product_key is null end as is_exception
    from lines
    inner join {{ ref('int_source_systems') }} as systems on lines.source_system = systems.source_system
    inner join rules on {{ in_force('lines.issued_on') }}
    left join links on lines.source_system = links.source_system and lines.product_code = links.source_id
    left join companies on systems.legal_entity = companies.legal_entity
    left join sold on links.product_key = sold.product_key
    left join known on links.product_key = known.product_key
),

final as (
    {{ control_rows('product_unmapped', 'invoice_lines', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'product_code', 'description', 'actual_amount', 'currency']) }}
)

select * from final
