-- One row per person record and mark: inside one mark_scope, different values are different people (see macros/clusters.sql).
with records as (
    select * from {{ ref('int_person_records') }}
),

decisions as (
    select * from {{ ref('int_person_decisions') }}
    where decision = 'different'
),

final as (
    -- Somebody said that these two are different.
    select left_record_id as record_id, 'decided_different' as mark_kind, pair_id as mark_scope, left_record_id as mark_value from decisions
    union
    select right_record_id as record_id, 'decided_different' as mark_kind, pair_id as mark_scope, right_record_id as mark_value from decisions
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
