-- One row per product id or code that other records name though their system has no such product record.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

products as (
    select
        keys.product_key,
        keys.source_system,
        keys.product_id,
        records.legal_entity,
        records.code
    from {{ ref('int_product_keys') }} as keys
    inner join {{ ref('int_product_records') }} as records on keys.record_id = records.record_id
),

named as (
    {% for entity in [
        'deal_lines', 'contract_rates', 'price_list_entries', 'change_orders', 'job_lines', 'job_budgets', 'work_orders', 'deliveries', 'stock_moves',
    ] %}
        select distinct source_system, 'product_references' as source_entity, product_id as source_id
        from {{ ref('cnf_' ~ entity) }}
        where product_id is not null
        union
    {% endfor %}
    select distinct source_system, 'product_codes', product_code from {{ ref('cnf_invoice_lines') }} where product_code is not null
    union
    select distinct source_system, 'product_codes', product_code from {{ ref('cnf_journal_lines') }} where product_code is not null
),

missing as (
    select
        named.source_system,
        named.source_entity,
        named.source_id,
        systems.legal_entity,
        {{ cleaned_code('named.source_id') }} as code
    from named
    inner join systems on named.source_system = systems.source_system
    left join products
        on
            named.source_system = products.source_system
            and case when named.source_entity = 'product_references' then named.source_id end = products.product_id
    where products.product_key is null
),

by_code as (
    select
        missing.source_system,
        missing.source_entity,
        missing.source_id,
        min(products.product_key) as product_key
    from missing
    inner join products on missing.legal_entity = products.legal_entity and missing.code = products.code
    group by missing.source_system, missing.source_entity, missing.source_id
    having count(distinct products.product_key) = 1
),

-- Else it is the id of the only other product of the company that has it.
by_id as (
    select
        missing.source_system,
        missing.source_entity,
        missing.source_id,
        min(products.product_key) as product_key
    from missing
    inner join products on missing.legal_entity = products.legal_entity and missing.source_id = products.product_id
    group by missing.source_system, missing.source_entity, missing.source_id
    having count(distinct products.product_key) = 1
),

final as (
    select
        missing.source_system,
        missing.source_entity,
        missing.source_id,
        coalesce(by_code.product_key, by_id.product_key) as product_key,
        case
            when by_code.product_key is not null then 'product_code'
            when by_id.product_key is not null then 'cross_reference'
            else 'no_record'
        end as match_rule
    from missing
    left join by_code
        on
            missing.source_system = by_code.source_system
            and missing.source_entity = by_code.source_entity
            and missing.source_id = by_code.source_id
    left join by_id
        on
            missing.source_system = by_id.source_system
            and missing.source_entity = by_id.source_entity
            and missing.source_id = by_id.source_id
)

select * from final
