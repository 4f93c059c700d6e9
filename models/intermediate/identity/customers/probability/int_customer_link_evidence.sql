-- One row per customer record and link by likeness that is taken without asking.
with links as (
    select * from {{ ref('int_customer_links') }}
    where link_status = 'automatic'
)

select left_record_id as record_id, 'probability' as match_rule, pair_id as evidence_value, false as is_loose from links
union all
select right_record_id as record_id, 'probability' as match_rule, pair_id as evidence_value, false as is_loose from links
