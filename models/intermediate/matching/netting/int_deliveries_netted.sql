-- One row per delivery and the rebate or return that takes it back, in part or whole.
{% set columns = ['job_key', 'product_key', 'currency'] %}
with items as (
    select * from {{ ref('int_delivery_items') }}
    where document_amount <> 0 and is_unrated is not true
),

delivered as (
    select *, source_system || '|' || delivery_id || '|' || currency as same_key from items
    where document_amount > 0
),

taken_back as (
    select
        item_key, event_on, source_system || '|' || delivery_id || '|' || currency as same_key,
        -document_amount as document_amount, -reporting_amount as reporting_amount, cast(null as decimal(38, 6)) as quantity
    from items
    where document_amount < 0 and valuation_rule = 'rebate'
),

by_delivery as (
    {{ pair_off('same_delivery', 'delivered', 'taken_back', on=['same_key'], measure='document_amount', latest_first=true) }}
),

left_by_delivery as (
    {{ less_taken('items', ['by_delivery'], columns) }}
),

by_job as (
    {{ take_back_latest('same_job_and_product', 'left_by_delivery', on=columns) }}
),

{{ netted(['by_delivery', 'by_job']) }}

select
    netted.*,
    case when negatives.valuation_rule = 'rebate' then 'rebate' else 'returned' end as reason
from netted
inner join items as negatives on netted.negative_key = negatives.item_key
