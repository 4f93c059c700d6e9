-- One row per customer record and mark that a link by likeness respects: those of the exact rules, and the pairs that likeness itself rejects.
with rejected as (
    select * from {{ ref('int_customer_links') }}
    where link_status = 'rejected'
)

select record_id, mark_kind, mark_scope, mark_value from {{ ref('int_customer_marks') }}
union
select left_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, left_record_id as mark_value from rejected
union
select right_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, right_record_id as mark_value from rejected
