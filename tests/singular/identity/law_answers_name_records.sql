-- What a person says of two records is about records that exist: a slip in the seed would be an answer that nobody hears.
{{ config(severity='error', tags=['law'], meta={'shows_rows': true}) }}

with answered as (
    select 'customer' as noun, pair_id, left_record_id as record_id from {{ ref('int_customer_decisions') }}
    union all
    select 'customer', pair_id, right_record_id from {{ ref('int_customer_decisions') }}
    union all
    select 'product', pair_id, left_record_id from {{ ref('int_product_decisions') }}
    union all
    select 'product', pair_id, right_record_id from {{ ref('int_product_decisions') }}
    union all
    select 'person', pair_id, left_record_id from {{ ref('int_person_decisions') }}
    union all
    select 'person', pair_id, right_record_id from {{ ref('int_person_decisions') }}
),

known as (
    select 'customer' as noun, record_id from {{ ref('int_customer_records') }}
    union all
    select 'product', record_id from {{ ref('int_product_records') }}
    union all
    select 'person', record_id from {{ ref('int_person_records') }}
)

select answered.*
from answered
left join known on answered.noun = known.noun and answered.record_id = known.record_id
where known.record_id is null
