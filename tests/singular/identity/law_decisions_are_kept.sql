-- What a person decided about two records holds: the same have one key, the different two. It fails too where decisions
-- contradict each
-- other (a = b, b = c, a different from c): take one back in the seed.
{{ config(severity='error', tags=['law'], meta={'shows_rows': true}) }}

with decisions as (
    select * from {{ ref('int_identity_decisions') }}
),

keys as (
    select 'customer' as entity, record_id, customer_key as entity_key from {{ ref('int_customer_keys') }}
    union all
    select 'product', record_id, product_key from {{ ref('int_product_keys') }}
    union all
    select 'person', record_id, person_key from {{ ref('int_person_keys') }}
)

select decisions.entity, decisions.left_record_id, decisions.right_record_id, decisions.decision
from decisions
inner join keys as lefts on decisions.entity = lefts.entity and decisions.left_record_id = lefts.record_id
inner join keys as rights on decisions.entity = rights.entity and decisions.right_record_id = rights.record_id
where (decisions.decision = 'same') <> (lefts.entity_key = rights.entity_key)
