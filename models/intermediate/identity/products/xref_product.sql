-- One row per product record of a system (and per product id or code that other records name without one), with the
-- product it is.
with keys as (
    select * from {{ ref('int_product_keys') }}
),

suggestions as (
    select * from {{ ref('int_product_suggestions') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'product'
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'product'
),

systems as (
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

named_ids as (
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
        named_ids.source_system,
        named_ids.source_entity,
        named_ids.source_id,
        systems.legal_entity,
        {{ cleaned_code('named_ids.source_id') }} as code
    from named_ids
    inner join systems on named_ids.source_system = systems.source_system
    left join products
        on
            named_ids.source_system = products.source_system
            and case when named_ids.source_entity = 'product_references' then named_ids.source_id end = products.product_id
    where products.product_key is null
),

-- By its code, else by its id.
matches as (
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
    select * from matches
    qualify
        dense_rank() over (
            partition by source_system, source_entity, source_id
            order by case when is_of_company then 1 else 2 end nulls last
        ) = 1
),

-- What two products would answer, none does.
unique_matches as (
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

judged as (
    {{ latest_decisions('decisions') }}
),

records as (
    select
        keys.source_system,
        'products' as source_entity,
        keys.product_id as source_id,
        keys.product_key,
        coalesce(keys.match_rule, 'own_record') as match_rule,
        case
            when keys.match_rule = 'decision' then 'confirmed'
            when keys.match_rule is not null then 'automatic'
            when suggestions.is_decided_different or (suggestions.record_id is null and apart.record_id is not null) then 'rejected'
            when suggestions.record_id is not null then 'suggested'
            else 'automatic'
        end as match_status,
        suggestions.suggested_key as runner_up_key,
        suggestions.probability as runner_up_probability,
        coalesce(together.decided_by, apart.decided_by) as decided_by,
        coalesce(together.decided_on, apart.decided_on) as decided_on
    from keys
    left join suggestions on keys.record_id = suggestions.record_id
    left join judged as together on keys.record_id = together.record_id and together.decision = 'same'
    left join judged as apart on keys.record_id = apart.record_id and apart.decision = 'different'
),

named_only as (
    select
        missing.source_system,
        missing.source_entity,
        missing.source_id,
        coalesce(unique_matches.product_key, 'unknown') as product_key,
        coalesce(unique_matches.match_rule, 'no_record') as match_rule,
        'automatic' as match_status,
        cast(null as {{ dbt.type_string() }}) as runner_up_key,
        cast(null as decimal(9, 6)) as runner_up_probability,
        cast(null as {{ dbt.type_string() }}) as decided_by,
        cast(null as date) as decided_on
    from missing
    left join unique_matches
        on
            missing.source_system = unique_matches.source_system
            and missing.source_entity = unique_matches.source_entity
            and missing.source_id = unique_matches.source_id
),

all_records as (
    select * from records
    union all
    select * from named_only
),

final as (
    select
        all_records.source_system,
        all_records.source_entity,
        all_records.source_id,
        all_records.product_key,
        all_records.match_rule,
        rules.probability as match_probability,
        all_records.match_status,
        all_records.runner_up_key,
        all_records.runner_up_probability,
        all_records.decided_by,
        all_records.decided_on
    from all_records
    left join rules on all_records.match_rule = rules.match_rule
)

select * from final
