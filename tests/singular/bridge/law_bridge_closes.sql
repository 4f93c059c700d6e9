{{ config(tags=['law'], severity='error') }}
-- What this is: for each gap, the bridge's two sides are those of fct_stage_events, and their difference is explained, for every job, product,
--   customer, owner and month together, and so for each of them and in total.
--   There is no plug: every item has a reason of the seed that its gap knows.
-- When it fails: an item was lost, doubled, or carries the keys or the day of another event.
-- How to resolve: take the key that is named to fct_bridge and fct_stage_events; law_bridge_covers_each_event names the events.
{% set grain = ['job_key', 'product_key', 'customer_key', 'owner_key'] | join(', ') %}
with amounts as (
    select sides.gap, sides.side, {{ grain }}, {{ dbt.date_trunc('month', 'events.event_on') }} as month, events.reporting_amount as amount
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('bridge_sides') }} as sides on events.stage = sides.stage
    where events.reporting_amount is not null
    union all
    select gap, 'from', {{ grain }}, {{ dbt.date_trunc('month', 'from_on') }}, -from_amount from {{ ref('fct_bridge') }}
    where from_amount <> 0
    union all
    select gap, 'to', {{ grain }}, {{ dbt.date_trunc('month', 'to_on') }}, -to_amount from {{ ref('fct_bridge') }}
    where to_amount <> 0
),

open_amounts as (
    select gap, side, {{ grain }}, cast(month as date) as month, sum(amount) as residual_amount
    from amounts
    group by gap, side, {{ grain }}, month
    having sum(amount) <> 0
),

unexplained as (
    select
        bridge.gap, bridge.reason as side, bridge.job_key, bridge.product_key, bridge.customer_key, bridge.owner_key, bridge.from_on as month,
        bridge.difference_amount as residual_amount
    from {{ ref('fct_bridge') }} as bridge
    left join {{ ref('bridge_reasons') }} as reasons on bridge.reason = reasons.reason
    where
        reasons.reason is null
        or ';' || reasons.gaps || ';' not like '%;' || bridge.gap || ';%'
        or bridge.difference_amount <> bridge.from_amount - bridge.to_amount
        or (bridge.reason = 'settled' and (bridge.difference_amount <> 0 or bridge.from_event_key is null or bridge.to_event_key is null))
        or (bridge.reason <> 'settled' and bridge.from_amount <> 0 and bridge.to_amount <> 0)
)

select * from open_amounts
union all
select * from unexplained
