-- One row per delivery whose whole quantity, as it was recorded, is on the lines that name it: whatever differs is the rate.
with events as (
    select event_key as item_key, quantity from {{ ref('int_stage_events') }}
    where stage in ('delivered', 'invoiced')
),

lines as (
    select * from {{ ref('int_billing_items') }}
    where delivery_key is not null and stage = 'invoiced' and document_amount > 0 and not is_copy
),

billed as (
    select
        lines.delivery_key,
        sum(events.quantity) as quantity
    from lines
    inner join events on lines.item_key = events.item_key
    group by lines.delivery_key
),

final as (
    select billed.delivery_key
    from billed
    inner join events on billed.delivery_key = events.item_key
    where billed.quantity = events.quantity
)

select * from final
