{{ config(tags=['law'], severity='error') }}
-- What this is: the months by persons who are credited have together what fct_stage_events and fct_bridge have in them, stage by stage and
--   reason by reason, for each customer.
-- When it fails: a figure by owner is lost, doubled or in another month.
-- How to resolve: compare the month and customer that are named with fct_attribution and fct_bridge_attribution.
{% set stages = {
    'booked': 'booked', 'change_order': 'change_orders', 'delivered': 'delivered', 'invoiced': 'invoiced', 'credited': 'credited',
    'recognised': 'recognised', 'cash': 'cash',
} %}
with parts as (
    select stage as what, event_on as day, customer_key, reporting_amount as amount from {{ ref('fct_stage_events') }}
    where reporting_amount is not null and stage <> 'cost'
    {% for stage, name in stages.items() %}
        union all
        select '{{ stage }}', month, customer_key, -{{ name }}_amount from {{ ref('fct_quote_to_cash_monthly') }}
    {% endfor %}
    {% for side in ['from', 'to'] %}
        union all
        select gap || ' {{ side }} ' || reason, {{ side }}_on, customer_key, {{ side }}_amount from {{ ref('fct_bridge') }}
        where {{ side }}_amount <> 0
        union all
        select gap || ' {{ side }} ' || reason, month, customer_key, -{{ side }}_amount from {{ ref('fct_bridge_monthly') }}
    {% endfor %}
    union all
    select 'without a rate', event_on, customer_key, 1 from {{ ref('fct_stage_events') }}
    where reporting_amount is null
    union all
    select 'without a rate', month, customer_key, -rate_missing_count from {{ ref('fct_quote_to_cash_monthly') }}
)

select
    what,
    cast({{ dbt.date_trunc('month', 'day') }} as date) as month,
    customer_key,
    sum(amount) as difference_amount
from parts
group by what, cast({{ dbt.date_trunc('month', 'day') }} as date), customer_key
having sum(amount) <> 0
