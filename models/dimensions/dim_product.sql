-- One row per product or service, and one for the unknown.
with keys as (
    select * from {{ ref('int_product_keys') }}
),

records as (
    select
        keys.product_key,
        keys.position,
        products.*,
        systems.legal_entity
    from keys
    inner join {{ ref('cnf_products') }} as products
        on keys.source_system = products.source_system and keys.product_id = products.product_id
    inner join {{ ref('int_source_systems') }} as systems on keys.source_system = systems.source_system
),

-- Each column is taken from the record that speaks for the product, else from the next one that has it. A price comes with its currency.
known as (
    select
        product_key,
        min_by(product_code, position) as product_code,
        min_by(product_name, position) as product_name,
        coalesce(min_by(product_category, position) filter (where product_category is not null), 'uncategorised') as product_category,
        min_by(unit, position) filter (where unit is not null) as unit,
        min_by(tax_code, position) filter (where tax_code is not null) as tax_code,
        min_by(currency, position) filter (where list_price is not null) as currency,
        min_by(list_price, position) filter (where list_price is not null) as list_price,
        min_by(standard_cost, position) filter (where standard_cost is not null) as standard_cost,
        count(*) as record_count,
        {{ sorted_list('source_system') }} as source_systems,
        min_by(legal_entity, position) as legal_entity,
        min_by(source_system, position) as source_system,
        min_by(product_id, position) as product_id,
        false as is_unknown
    from records
    group by product_key
),

final as (
    select * from known
    union all
    select 'unknown', null, 'Unknown', 'unknown', null, null, null, null, null, 0, null, 'unknown', null, null, true
)

select * from final
