-- One row per product record, with what identifies it in the form in which it is compared.
with products as (
    select * from {{ ref('cnf_products') }}
),

-- Which systems there are is known only once all ledgers are read; of whom a system is, its listing says, and that it is a CRM, its deals.
listed as (
    select * from {{ ref('source_systems') }}
),

crms as (
    select distinct source_system from {{ ref('cnf_deals') }}
),

final as (
    select
        products.source_system || '|' || products.product_id as record_id,
        products.source_system,
        products.product_id,
        coalesce(listed.legal_entity, 'unlisted') as legal_entity,
        {{ cleaned_code('products.product_code') }} as code,
        {{ cleaned_name('products.product_name') }} as name,
        {{ cleaned_name('products.product_category') }} as category,
        -- Who speaks for a cluster: the CRM's records first. Nothing that a record arriving later could change.
        row_number() over (
            order by
                case when crms.source_system is not null then 1 else 2 end nulls last,
                products.source_system asc nulls last,
                products.product_id asc nulls last
        ) as seniority
    from products
    left join listed on products.source_system = listed.source_system
    left join crms on products.source_system = crms.source_system
)

select * from final
