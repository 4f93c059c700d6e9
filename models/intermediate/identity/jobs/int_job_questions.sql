-- One row per invoice line and journal line that nothing on it or its document places, with whose job of what it would be and when.
with lines as (
    select
        source_system,
        'invoice_lines' as source_entity,
        invoice_line_id as source_id,
        customer_id,
        product_code,
        issued_on as asked_on
    from {{ ref('int_invoice_line_links') }}
    where match_rule is null
    union all
    select
        source_system,
        'journal_lines',
        journal_line_id,
        customer_id,
        product_code,
        posted_on
    from {{ ref('int_journal_line_links') }}
    where match_rule is null
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

customers as (
    select * from {{ ref('xref_customer') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity = 'product_codes'
),

final as (
    select
        lines.source_system,
        lines.source_entity,
        lines.source_id,
        systems.legal_entity,
        customers.customer_key,
        coalesce(products.product_key, 'unknown') as product_key,
        lines.asked_on
    from lines
    inner join systems on lines.source_system = systems.source_system
    inner join customers on lines.source_system = customers.source_system and lines.customer_id = customers.source_id
    left join products on lines.source_system = products.source_system and lines.product_code = products.source_id
    where customers.customer_key <> 'unknown'
)

select * from final
