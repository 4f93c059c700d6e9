-- Two records of one system with different tax numbers, or with two parents, are one customer only where a person or
-- their own system said so.
{{ config(severity='error', tags=['law']) }}

with constraints as (
    select * from {{ ref('int_customer_constraints') }}
    where constraint_kind in ('tax_number_in_system', 'parent_in_system')
),

keys as (
    select
        keys.customer_key,
        keys.record_id,
        clusters.match_rule
    from {{ ref('int_customer_keys') }} as keys
    inner join {{ ref('int_customer_clusters') }} as clusters on keys.record_id = clusters.record_id
)

select
    keys.customer_key,
    constraints.constraint_scope,
    count(distinct constraints.constraint_value) as value_count
from constraints
inner join keys on constraints.record_id = keys.record_id
group by keys.customer_key, constraints.constraint_scope
having
    count(distinct constraints.constraint_value) > 1
    and max(case when keys.match_rule in ('decision', 'merged') then 1 else 0 end) = 0
