-- One row per product record, rule and value by which the rule would know it again in another record of the same
-- company.
with records as (
    select * from {{ ref('int_product_records') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'product' and decision = 'same'
),

-- A record without a category is taken to be in the one that the others of that name are in, if it is only one.
categories as (
    select
        legal_entity,
        name,
        min(category) as category,
        count(distinct category) as category_count
    from records
    group by legal_entity, name
),

final as (
    select left_record_id as record_id, 'decision' as match_rule, pair_id as evidence_value, false as is_loose from decisions
    union
    select right_record_id, 'decision', pair_id, false from decisions
    union
    select record_id, 'product_code', legal_entity || '|' || code, false from records where code is not null
    union
    select
        records.record_id,
        'name_and_category',
        records.legal_entity || '|' || coalesce(records.category, categories.category, '') || '|' || records.name,
        records.category is null and categories.category_count > 1
    from records
    inner join categories on records.legal_entity = categories.legal_entity and records.name = categories.name
)

select * from final
