{{ config(tags=['law'], severity='error') }}
-- What this is: the persons who are credited, the unknown one included, have together what fct_job_margin_monthly and fct_margin_walk have.
-- When it fails: a margin belongs to nobody, or to two.
-- How to resolve: compare the month and measure that are named; int_margin_shares has the parts.
{% set amounts = ['booked_amount', 'contracted_amount', 'delivered_amount', 'realised_value_amount', 'cost_amount', 'realised_margin_amount'] %}
{% set effects = [
    'scope_change', 'volume', 'price', 'discount_after_quote', 'concession', 'currency', 'identity', 'not_yet_delivered', 'cost_rate',
    'cost_efficiency', 'cost_unplanned',
] %}
with parts as (
    {% for amount in amounts %}
        select '{{ amount }}' as measure, month, {{ amount }} as amount from {{ ref('fct_job_margin_monthly') }}
        union all
        select '{{ amount }}', month, -{{ amount }} from {{ ref('fct_margin_by_rep') }}
        union all
    {% endfor %}
    {% for kind in ['flexed_cost', 'missed_cost'] %}
        select '{{ kind }}', month, amount from {{ ref('int_margin_events') }}
        where kind = '{{ kind }}'
        union all
        select '{{ kind }}', month, -{{ kind }}_amount from {{ ref('fct_margin_by_rep') }}
        union all
    {% endfor %}
    {% for effect in effects %}
        select '{{ effect }}', month, -{{ effect }}_effect_amount from {{ ref('fct_margin_by_rep') }}
        union all
    {% endfor %}
    select effect, cast({{ dbt.date_trunc('month', 'effect_on') }} as date), effect_amount from {{ ref('fct_margin_walk') }}
)

select
    measure,
    month,
    sum(amount) as difference_amount
from parts
group by measure, month
having sum(amount) <> 0
