{{ config(tags=['law'], severity='error') }}
-- What this is: each item between booked, contracted and delivered is in the walk once, with its whole amount.
-- When it fails: an item moved the value and no effect shows it, or two do.
-- How to resolve: look at the item's reason in the seed bridge_reasons and at int_value_effects.
with amounts as (
    select bridge_item_key, to_amount - from_amount as amount
    from {{ ref('fct_bridge') }}
    where gap in ('booked_to_contracted', 'contracted_to_delivered')
    union all
    select evidence_key, -value_amount from {{ ref('int_value_effects') }}
)

select
    bridge_item_key,
    sum(amount) as difference_amount
from amounts
group by bridge_item_key
having sum(amount) <> 0
