-- One row per delivery and the rebate, return or correction of time that takes it back, in part or whole.
{% set columns = ['job_key', 'product_key', 'person_key', 'currency', 'is_time_corrected'] %}
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
    {{ less_taken('items', 'by_delivery', columns) }}
),

-- Who entered the hours takes them back; a price may be a person's.
by_person as (
    {{ take_back_latest('same_job_and_product', 'left_by_delivery', on=['job_key', 'product_key', 'person_key', 'currency']) }}
),

left_by_person as (
    {{ less_taken('left_by_delivery', 'by_person', columns) }}
),

by_product as (
    {{ take_back_latest('same_job_and_product', 'left_by_person', on=['job_key', 'product_key', 'currency']) }}
),

left_by_product as (
    {{ less_taken('left_by_person', 'by_product', columns) }}
),

by_job as (
    {{ take_back_latest('same_job', 'left_by_product', on=['job_key', 'currency']) }}
),

left_by_job as (
    {{ less_taken('left_by_product', 'by_job', columns) }}
),

-- A correction may bear the day on which it was entered, or the first of its month: it corrects what comes after it as well.
recorded_time as (
    select * from left_by_job
    where document_amount > 0
),

corrected_time as (
    select
        item_key, event_on, job_key, product_key, currency,
        -document_amount as document_amount, -reporting_amount as reporting_amount, cast(null as decimal(38, 6)) as quantity
    from left_by_job
    where document_amount < 0 and is_time_corrected
),

on_any_day as (
    {{ pair_off(
        'same_job_and_product', 'recorded_time', 'corrected_time', on=['job_key', 'product_key', 'currency'], measure='document_amount', latest_first=true
    ) }}
),

{{ netted(['by_delivery', 'by_person', 'by_product', 'by_job', 'on_any_day']) }}

select
    netted.*,
    {{ delivery_correction('negatives') }} as reason
from netted
inner join items as negatives on netted.negative_key = negatives.item_key
