-- One row per customer record that likeness joined, with the strongest of the links that hold it in its customer.
with links as (
    select * from {{ ref('int_customer_links') }}
    where link_status = 'automatic'
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

sides as (
    select left_record_id as record_id, right_record_id as other_record_id, probability from links
    union all
    select right_record_id, left_record_id, probability from links
)

select
    sides.record_id,
    max(sides.probability) as probability
from sides
inner join keys on sides.record_id = keys.record_id
inner join keys as others on sides.other_record_id = others.record_id and keys.customer_key = others.customer_key
group by sides.record_id
