-- One row per part of a delivery that was taken back: what it was, by when, and why, as evidence for what answers it.
with items as (
    select * from {{ ref('int_delivery_items') }}
),

final as (
    select
        netted.positive_key || '|' || netted.negative_key as item_key,
        netted.negative_key,
        items.event_on,
        items.job_key,
        items.product_key,
        items.currency,
        items.base_unit,
        netted.positive_document_amount as document_amount,
        netted.positive_reporting_amount as reporting_amount,
        netted.positive_quantity as quantity,
        netted.reason,
        -- A bill for what came back, or was never worked, is owed by nobody, nor a fee that goes back; its credit note is the rebate's matter.
        case when netted.reason = 'rebate' then 'rebate_not_credited' else 'billed_without_delivery' end as billed_reason
    from {{ ref('int_deliveries_netted') }} as netted
    inner join items on netted.positive_key = items.item_key
)

select * from final
