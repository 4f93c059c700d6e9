-- One row per person record and cannot-link constraint: inside one constraint_scope, different values are different
-- people.
with records as (
    select * from {{ ref('int_person_records') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'person' and decision = 'different'
),

final as (
    -- Somebody said that these two are different.
    select
        left_record_id as record_id,
        'decided_different' as constraint_kind,
        pair_id as constraint_scope,
        left_record_id as constraint_value
    from decisions
    union
    select right_record_id as record_id, 'decided_different', pair_id, right_record_id from decisions
    union
    -- A system that has two records means two people.
    select record_id, 'own_system', source_system, person_id from records
    union
    select record_id, 'payroll_number', legal_entity, payroll_number from records where payroll_number is not null
    union
    -- Where one domain has two mailboxes of a name, the name is borne by two.
    select record_id, 'mailbox', {{ dbt.split_part('email', "'@'", 2) }}, {{ dbt.split_part('email', "'@'", 1) }} from records
    where email is not null
)

select * from final
