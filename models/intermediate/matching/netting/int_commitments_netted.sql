-- One row per booking or change order and the negative one that takes it back, in part or whole.
{% set columns = ['job_key', 'product_key', 'currency', 'win_key', 'stage'] %}
with items as (
    select * from {{ ref('int_commitment_items') }}
    where document_amount <> 0 and is_unrated is not true
),

booked as (
    select *, win_key || currency as same_key from items
    where document_amount > 0
),

unbooked as (
    select
        item_key, event_on, win_key || currency as same_key,
        -document_amount as document_amount, -reporting_amount as reporting_amount, quantity
    from items
    where document_amount < 0
),

by_win as (
    {{ pair_off('same_win', 'booked', 'unbooked', on=['same_key'], measure='document_amount', latest_first=true) }}
),

left_by_win as (
    {{ less_taken('items', 'by_win', columns) }}
),

by_job as (
    {{ take_back_latest('same_job_and_product', 'left_by_win', on=['job_key', 'product_key', 'currency']) }}
),

{{ netted(['by_win', 'by_job']) }}

select
    netted.*,
    case when negatives.stage = 'booked' then 'un_won' else 'change_order' end as reason
from netted
inner join items as negatives on netted.negative_key = negatives.item_key
