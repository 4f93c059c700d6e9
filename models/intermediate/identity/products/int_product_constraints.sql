-- One row per product record and cannot-link constraint: inside one constraint_scope, different values are different
-- products.
with records as (
    select * from {{ ref('int_product_records') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'product' and decision = 'different'
),

final as (
    -- A person said that these two are different.
    select
        left_record_id as record_id,
        'decided_different' as constraint_kind,
        pair_id as constraint_scope,
        left_record_id as constraint_value
    from decisions
    union
    select right_record_id as record_id, 'decided_different', pair_id, right_record_id from decisions
    union
    -- One system with two codes for one name means two products.
    select record_id, 'code_in_system', source_system, code from records where code is not null
)

select * from final
