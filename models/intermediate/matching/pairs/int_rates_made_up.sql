-- One row per part of a delivery whose quantity was billed at too low a rate, and the part of a later line that makes up the difference.
{% set columns = ['period_key', 'job_key', 'any_product_job_key', 'product_key', 'currency'] %}
{% set passes = [
    {'rule': 'rate_made_up', 'on': ['period_key'], 'measure': 'document_amount'},
    {'rule': 'rate_made_up', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'rate_made_up', 'on': ['any_product_job_key', 'currency'], 'measure': 'document_amount'},
] %}
-- A discount is agreed, and no rate that was billed too low.
with open_lines as (
    {{ open_billing() }}
),

short as (
    select
        pairs.from_item_key || '|' || pairs.to_item_key || '|' || pairs.match_rule as item_key,
        pairs.from_item_key as delivery_key,
        pairs.to_item_key as line_key,
        pairs.match_rule as billed_by,
        deliveries.event_on,
        deliveries.job_key,
        deliveries.job_key as any_product_job_key,
        deliveries.product_key,
        deliveries.currency,
        case when pairs.match_rule = 'billing_period' then referred.reference_key end as period_key,
        pairs.from_document_amount - pairs.to_document_amount as document_amount,
        pairs.from_reporting_amount
        - {{ quick_share('pairs.from_reporting_amount', 'pairs.to_document_amount', 'pairs.from_document_amount') }} as reporting_amount,
        cast(null as decimal(38, 6)) as quantity
    from {{ ref('int_answered_work') }} as pairs
    inner join {{ ref('int_delivery_items') }} as deliveries on pairs.from_item_key = deliveries.item_key
    inner join {{ ref('int_billing_items') }} as lines on pairs.to_item_key = lines.item_key
    left join {{ ref('int_billing_references') }} as referred on pairs.from_item_key = referred.item_key
    where
        pairs.match_rule not in ('unmatched', 'corrected', 'advance', 'cancellation')
        and deliveries.is_counted and lines.is_counted and pairs.from_quantity = pairs.to_quantity
        and pairs.from_document_amount > pairs.to_document_amount
        and deliveries.currency = lines.currency and lines.discount_amount <= 0
),

top_ups as (
    select
        item_key, event_on, document_amount, reporting_amount, quantity, job_key, product_key, currency,
        case when product_key = 'unknown' then job_key end as any_product_job_key,
        'billing_period|' || job_key || product_key || currency || period_starts_on as period_key
    from open_lines
    where is_top_up and document_amount > 0
),

{{ match_in_passes('short', 'top_ups', passes, columns) }},

final as (
    select
        short.delivery_key,
        short.line_key,
        short.billed_by,
        matched.to_item_key as top_up_key,
        matched.from_document_amount as delivered_document_amount,
        matched.from_reporting_amount as delivered_reporting_amount,
        matched.to_document_amount as billed_document_amount,
        matched.to_reporting_amount as billed_reporting_amount
    from matched
    inner join short on matched.from_item_key = short.item_key
    where matched.match_rule <> 'unmatched'
)

select * from final
