-- What a person says of two records is about records that exist: a slip in the seed would be an answer that nobody
-- hears.
{{ config(severity='error', tags=['law'], meta={'shows_rows': true}) }}

with answered as (
    select entity, pair_id, left_record_id as record_id from {{ ref('int_identity_decisions') }}
    union all
    select entity, pair_id, right_record_id from {{ ref('int_identity_decisions') }}
),

known as (
    select 'customer' as entity, record_id from {{ ref('int_customer_records') }}
    union all
    select 'product', record_id from {{ ref('int_product_records') }}
    union all
    select 'person', record_id from {{ ref('int_person_records') }}
)

select answered.*
from answered
left join known on answered.entity = known.entity and answered.record_id = known.record_id
where known.record_id is null
