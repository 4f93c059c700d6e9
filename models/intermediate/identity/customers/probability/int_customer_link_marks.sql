-- One row per customer record and mark that a link by likeness respects: those of the exact rules, and the pairs that likeness itself says are two.
with clusters as (
    select record_id, cluster_id from {{ ref('int_customers_by_name_and_country') }}
),

seldom as (
    select record_id from {{ ref('int_customer_profiles') }}
    where has_seldom_form
),

apart as (
    select * from {{ ref('int_customer_candidates') }}
    where is_apart
),

marks as (
    select record_id, mark_kind, mark_scope, mark_value
    from {{ ref('int_customer_marks') }} as marks
    where
        -- Of a list's names, a form that is written seldom beside another says nothing.
        (mark_kind <> 'legal_form' or not exists (select 1 from seldom where marks.record_id = seldom.record_id))
        and mark_kind in (
            'decided_different', 'parent', 'parent_in_system', 'tax_number_in_system', 'registration_in_system', 'legal_form', 'site'
        )
    union
    select left_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, left_record_id as mark_value from apart
    union
    select right_record_id as record_id, 'rejected' as mark_kind, pair_id as mark_scope, right_record_id as mark_value from apart
)

select
    marks.record_id,
    clusters.cluster_id,
    marks.mark_kind,
    marks.mark_scope,
    marks.mark_value
from marks
inner join clusters on marks.record_id = clusters.record_id
