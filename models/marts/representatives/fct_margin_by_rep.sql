-- One row per month, person who is credited, job type and product category.
{% set effects = [
    'scope_change', 'volume', 'price', 'discount_after_quote', 'concession', 'currency', 'identity', 'not_yet_delivered', 'cost_rate',
    'cost_efficiency', 'cost_unplanned',
] %}
with parts as (
    select * from {{ ref('int_margin_shares') }}
),

margins as (
    select
        job_key,
        min(as_of_on) as as_of_on,
        min(job_type) as job_type,
        sum(realised_value_amount) as value_amount,
        sum(realised_margin_amount) as margin_amount
    from {{ ref('fct_job_margin') }}
    group by job_key
),

-- The floor of its type on the day of the position.
below as (
    select margins.job_key
    from margins
    inner join {{ ref('margin_floors') }} as floors on margins.job_type = floors.job_type and margins.as_of_on >= floors.valid_from
    where margins.value_amount > 0
    qualify
        row_number() over (partition by margins.job_key order by floors.valid_from desc nulls last) = 1
        and margins.margin_amount < {{ percent_of('floors.floor_pct', 'margins.value_amount') }}
),

summed as (
    select
        parts.month,
        parts.owner_key,
        parts.job_type,
        parts.product_category,
        {% for kind in ['booked', 'change_order', 'delivered', 'concession', 'billed_short', 'cost', 'wip', 'flexed_cost', 'missed_cost'] %}
            sum(case when parts.kind = '{{ kind }}' then parts.amount else 0 end) as {{ kind }}_amount,
        {% endfor %}
        {% for effect in effects %}
            sum(case when parts.effect = '{{ effect }}' then parts.amount else 0 end) as {{ effect }}_effect_amount,
        {% endfor %}
        count(distinct parts.job_key) as job_count,
        count(distinct below.job_key) as job_below_floor_count
    from parts
    left join below on parts.job_key = below.job_key
    group by parts.month, parts.owner_key, parts.job_type, parts.product_category
),

final as (
    select
        {{ make_key(['month', 'owner_key', 'job_type', 'product_category']) }} as margin_by_rep_key,
        owner_key,
        month,
        {{ as_of() }} as as_of_on,
        job_type,
        product_category,
        cast(booked_amount as decimal(18, 2)) as booked_amount,
        cast(booked_amount + change_order_amount as decimal(18, 2)) as contracted_amount,
        cast(delivered_amount as decimal(18, 2)) as delivered_amount,
        cast(delivered_amount + concession_amount + billed_short_amount as decimal(18, 2)) as realised_value_amount,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        cast(wip_amount as decimal(18, 2)) as wip_amount,
        cast(delivered_amount + concession_amount + billed_short_amount - cost_amount + wip_amount as decimal(18, 2)) as realised_margin_amount,
        {% for effect in effects %}
            cast({{ effect }}_effect_amount as decimal(18, 2)) as {{ effect }}_effect_amount,
        {% endfor %}
        cast(flexed_cost_amount as decimal(18, 2)) as flexed_cost_amount,
        cast(missed_cost_amount as decimal(18, 2)) as missed_cost_amount,
        cast(
            case when flexed_cost_amount > 0 then {{ quantity_share('1', 'flexed_cost_amount - missed_cost_amount', 'flexed_cost_amount') }} end
            as decimal(18, 6)
        ) as quote_accuracy,
        cast(job_count as integer) as job_count,
        cast(job_below_floor_count as integer) as job_below_floor_count
    from summed
)

select * from final
