-- What a person decided about two records holds: the same have one key, the different two. It fails too where decisions contradict each
-- other (a = b, b = c, a different from c): take one back in the seed.
{{ config(severity='error', tags=['law'], meta={'shows_rows': true}) }}

with decisions as (
    select 'customer' as noun, left_record_id, right_record_id, decision from {{ ref('int_customer_decisions') }}
    union all
    select 'product', left_record_id, right_record_id, decision from {{ ref('int_product_decisions') }}
    union all
    select 'person', left_record_id, right_record_id, decision from {{ ref('int_person_decisions') }}
),

keys as (
    select 'customer' as noun, record_id, customer_key as noun_key from {{ ref('int_customer_keys') }}
    union all
    select 'product', record_id, product_key from {{ ref('int_product_keys') }}
    union all
    select 'person', record_id, person_key from {{ ref('int_person_keys') }}
)

select decisions.*
from decisions
inner join keys as lefts on decisions.noun = lefts.noun and decisions.left_record_id = lefts.record_id
inner join keys as rights on decisions.noun = rights.noun and decisions.right_record_id = rights.record_id
where (decisions.decision = 'same') <> (lefts.noun_key = rights.noun_key)
