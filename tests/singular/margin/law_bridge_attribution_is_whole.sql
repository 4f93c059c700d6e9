{{ config(tags=['law'], severity='error') }}
-- What this is: the bridge by persons is the bridge: the persons of each item add up to it, and the items of each gap
-- to what its stage's
--   persons are credited with.
-- When it fails: a figure by owner is not a part of the company's.
-- How to resolve: look at the item in fct_bridge_attribution, and at its events in fct_attribution.
with pieces as (
    select
        bridge_item_key,
        sum(from_amount) as from_amount,
        sum(to_amount) as to_amount
    from {{ ref('fct_bridge_attribution') }}
    group by bridge_item_key
),

wrong_pieces as (
    select bridge.bridge_item_key as key, bridge.from_amount - coalesce(pieces.from_amount, 0) as amount
    from {{ ref('fct_bridge') }} as bridge
    left join pieces on bridge.bridge_item_key = pieces.bridge_item_key
    where bridge.from_amount <> coalesce(pieces.from_amount, 0) or bridge.to_amount <> coalesce(pieces.to_amount, 0)
),

by_owner as (
    select owner_key, sum(from_amount) as amount from {{ ref('fct_bridge_attribution') }}
    where gap = 'delivered_to_invoiced'
    group by owner_key
),

delivered as (
    select owner_key, sum(reporting_amount) as amount from {{ ref('fct_attribution') }}
    where stage = 'delivered'
    group by owner_key
),

wrong_owners as (
    select delivered.owner_key as key, delivered.amount - coalesce(by_owner.amount, 0) as amount
    from delivered
    left join by_owner on delivered.owner_key = by_owner.owner_key
    where coalesce(delivered.amount, 0) <> coalesce(by_owner.amount, 0)
)

select * from wrong_pieces
union all
select * from wrong_owners
