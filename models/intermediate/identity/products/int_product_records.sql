-- One row per product record, with what identifies it in the form in which it is compared.
with products as (
    select * from {{ ref('cnf_products') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

final as (
    select
        products.source_system || '|' || products.product_id as record_id,
        products.source_system,
        products.product_id,
        systems.legal_entity,
        {{ cleaned_code('products.product_code') }} as code,
        {{ cleaned_name('products.product_name') }} as name,
        {{ cleaned_name('products.product_category') }} as category,
        -- Who speaks for a cluster: the CRM's records first. Nothing that a record arriving later could change.
        row_number() over (
            order by
                systems.is_crm desc nulls last,
                products.source_system asc nulls last,
                products.product_id asc nulls last
        ) as seniority
    from products
    inner join systems on products.source_system = systems.source_system
)

select * from final
