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
        'deal_lines', 'quote_lines', 'contract_rates', 'price_list_entries', 'change_orders', 'job_lines', 'job_budgets', 'work_orders',
        'deliveries', 'costs', 'stock_moves',
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

-- By its code, else by its id.
found as (
    select
        missing.source_system, missing.source_entity, missing.source_id, products.product_key,
        missing.legal_entity = products.legal_entity as is_of_company, 'product_code' as rule
    from missing
    inner join products on missing.code = products.code
    union all
    select
        missing.source_system, missing.source_entity, missing.source_id, products.product_key,
        missing.legal_entity = products.legal_entity, 'cross_reference'
    from missing
    inner join products on missing.source_id = products.product_id
),

-- The company's own products first: one CRM may serve a group of ledgers.
nearest as (
    select * from found
    qualify
        dense_rank() over (
            partition by source_system, source_entity, source_id
            order by case when is_of_company then 1 else 2 end nulls last
        ) = 1
),

-- What two products would answer, none does.
one_only as (
    select
        source_system,
        source_entity,
        source_id,
        rule as match_rule,
        min(product_key) as product_key
    from nearest
    group by source_system, source_entity, source_id, rule
    having count(distinct product_key) = 1
    qualify
        row_number() over (
            partition by source_system, source_entity, source_id
            order by case rule when 'product_code' then 1 else 2 end nulls last
        ) = 1
),

final as (
    select
        missing.source_system,
        missing.source_entity,
        missing.source_id,
        one_only.product_key,
        coalesce(one_only.match_rule, 'no_record') as match_rule
    from missing
    left join one_only
        on
            missing.source_system = one_only.source_system
            and missing.source_entity = one_only.source_entity
            and missing.source_id = one_only.source_id
)

select * from final
