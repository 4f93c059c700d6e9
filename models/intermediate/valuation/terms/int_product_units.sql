-- One row per product that a record of a system names: the unit it is sold in, its own record's, else the one that all other records of it have.
with products as (
    select * from {{ ref('xref_product') }}
    where source_entity <> 'product_codes'
),

records as (
    select
        products.source_system,
        products.source_id as product_id,
        products.product_key,
        lower(trim(records.unit)) as unit
    from products
    left join {{ ref('cnf_products') }} as records
        on products.source_system = records.source_system and products.source_id = records.product_id
),

agreed as (
    select
        product_key,
        min(unit) as unit
    from records
    where product_key <> 'unknown'
    group by product_key
    having count(distinct unit) = 1
),

final as (
    select
        records.source_system,
        records.product_id,
        records.product_key,
        coalesce(records.unit, agreed.unit) as unit
    from records
    left join agreed on records.product_key = agreed.product_key
)

select * from final
