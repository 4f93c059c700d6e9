{{ config(tags=['law'], severity='error') }}
-- What this is: between two months the effects of a customer, category or person add up to the change of the margin.
-- When it fails: the change of a month has no cause.
-- How to resolve: take the member and month that are named to int_margin_shares.
with margins as (
    {% for group in ['customer_key', 'product_category', 'owner_key'] %}
        select
            '{{ group | replace("_key", "") }}' as grouped_by, {{ group }} as member, month,
            case kind when 'cost' then -amount else amount end as amount
        from {{ ref('int_margin_shares') }}
        where kind in ('delivered', 'concession', 'billed_short', 'cost', 'wip')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

changes as (
    select grouped_by, member, month as to_month, amount from margins
    union all
    select grouped_by, member, cast({{ dbt.dateadd('month', 1, 'month') }} as date), -amount from margins
    where {{ dbt.dateadd('month', 1, 'month') }} <= {{ dbt.date_trunc('month', as_of()) }}
    union all
    select grouped_by, coalesce(customer_key, product_category, owner_key), to_month, -effect_amount from {{ ref('fct_margin_period_walk') }}
)

select
    grouped_by,
    member,
    to_month,
    sum(amount) as difference_amount
from changes
group by grouped_by, member, to_month
having sum(amount) <> 0
