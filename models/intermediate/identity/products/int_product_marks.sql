-- One row per product record and mark: inside one mark_scope, different values are different products (see macros/clusters.sql).
with records as (
    select * from {{ ref('int_product_records') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
    where decision = 'different'
),

final as (
    -- A person said that these two are different.
    select left_record_id as record_id, 'decided_different' as mark_kind, pair_id as mark_scope, left_record_id as mark_value from decisions
    union
    select right_record_id as record_id, 'decided_different' as mark_kind, pair_id as mark_scope, right_record_id as mark_value from decisions
    union
    -- One system with two codes for one name means two products.
    select record_id, 'code_in_system', source_system, code from records where code is not null
)

select * from final
