-- One row per part of a revenue posting that a credit note took back: what it was, by when, and why, as evidence for what answers it.
with items as (
    select * from {{ ref('int_recognition_items') }}
),

final as (
    select
        netted.positive_key || '|' || netted.negative_key as item_key,
        netted.negative_key,
        items.event_on,
        items.job_key,
        items.product_key,
        items.currency,
        netted.positive_document_amount as document_amount,
        netted.positive_reporting_amount as reporting_amount,
        netted.positive_quantity as quantity,
        netted.reason
    from {{ ref('int_recognitions_netted') }} as netted
    inner join items on netted.positive_key = items.item_key
    where netted.reason <> 'accrual_reversed'
)

select * from final
