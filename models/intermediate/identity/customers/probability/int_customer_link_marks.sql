-- One row per customer record and mark that a link by likeness respects: those of the exact rules, and the pairs that likeness itself says are two.
with apart as (
    select * from {{ ref('int_customer_links') }}
    where is_apart
)

select record_id, mark_kind, mark_scope, mark_value from {{ ref('int_customer_marks') }}
union
select left_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, left_record_id as mark_value from apart
union
select right_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, right_record_id as mark_value from apart
