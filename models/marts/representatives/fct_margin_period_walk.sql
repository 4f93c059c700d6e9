-- One row per month and the one before it, customer, product category or person who is credited, and effect.
{% set groups = ['customer', 'product_category', 'owner'] %}
with parts as (
    select * from {{ ref('int_margin_shares') }}
    where kind in ('delivered', 'concession', 'billed_short', 'cost', 'wip')
),

grouped as (
    {% for group in groups %}
        select
            '{{ group }}' as grouped_by,
            {{ 'product_category' if group == 'product_category' else group ~ '_key' }} as member,
            product_key,
            month,
            sum(case kind when 'cost' then 0 when 'wip' then 0 else amount end) as value_amount,
            sum(case kind when 'cost' then amount when 'wip' then -amount else 0 end) as cost_amount,
            min(base_unit) as unit,
            max(base_unit) as other_unit,
            coalesce(sum(quantity), 0) as quantity
        from parts
        group by {{ 'product_category' if group == 'product_category' else group ~ '_key' }}, product_key, month
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Each month is the second of one pair and the first of the next.
sides as (
    select
        *, month as to_month,
        0 as first_value, 0 as first_cost, 0 as first_quantity, value_amount as second_value, cost_amount as second_cost, quantity as second_quantity
    from grouped
    union all
    select
        *, cast({{ dbt.dateadd('month', 1, 'month') }} as date),
        value_amount, cost_amount, quantity, 0, 0, 0
    from grouped
    where {{ dbt.dateadd('month', 1, 'month') }} <= {{ dbt.date_trunc('month', as_of()) }}
),

-- A product that is counted in both of two months, or in the second and planned, has a margin a unit to start from.
-- What was counted in several units does not add up, and has none.
paired as (
    select
        grouped_by,
        member,
        product_key,
        to_month,
        case when min(unit) = max(other_unit) then min(unit) else 'none' end as unit,
        cast(sum(first_value) as decimal(18, 2)) as first_value,
        cast(sum(first_cost) as decimal(18, 2)) as first_cost,
        cast(case when min(unit) = max(other_unit) then sum(first_quantity) else 0 end as decimal(38, 6)) as first_quantity,
        cast(sum(second_value) as decimal(18, 2)) as second_value,
        cast(sum(second_cost) as decimal(18, 2)) as second_cost,
        cast(case when min(unit) = max(other_unit) then sum(second_quantity) else 0 end as decimal(38, 6)) as second_quantity
    from sides
    group by grouped_by, member, product_key, to_month
),

-- What a unit of a product was sold and planned at, for those that are new.
planned as (
    select
        product_key,
        contracted_unit,
        sum(contracted_amount) as contracted_amount,
        sum(total_cost_amount) as planned_cost_amount,
        sum(contracted_quantity) as contracted_quantity
    from {{ ref('int_planned_costs') }}
    where is_by_quantity and planned_cost_amount is not null
    group by product_key, contracted_unit
),

started as (
    select
        paired.*,
        paired.first_quantity > 0 as is_known,
        paired.first_quantity <= 0 and paired.second_quantity > 0 as is_new,
        case
            when paired.first_quantity > 0 then {{ share('paired.first_value', 'paired.second_quantity', 'paired.first_quantity') }}
            when paired.second_quantity > 0
                then coalesce({{ share('planned.contracted_amount', 'paired.second_quantity', 'planned.contracted_quantity') }}, paired.second_value)
        end as start_value,
        case
            when paired.first_quantity > 0 then {{ share('paired.first_cost', 'paired.second_quantity', 'paired.first_quantity') }}
            when paired.second_quantity > 0
                then coalesce({{ share('planned.planned_cost_amount', 'paired.second_quantity', 'planned.contracted_quantity') }}, paired.second_cost)
        end as start_cost
    from paired
    left join planned on paired.product_key = planned.product_key and paired.unit = planned.contracted_unit
),

units as (
    select
        grouped_by,
        member,
        to_month,
        unit,
        cast(sum(case when is_known then first_value - first_cost else 0 end) as decimal(18, 2)) as first_margin,
        cast(sum(case when is_known then first_quantity else 0 end) as decimal(38, 6)) as first_quantity,
        cast(sum(case when is_known or is_new then second_quantity else 0 end) as decimal(38, 6)) as second_quantity,
        sum(coalesce(start_value - start_cost, 0)) as start_margin,
        sum(coalesce(case when is_known or is_new then second_value - start_value end, 0)) as price_amount,
        sum(coalesce(case when is_known or is_new then start_cost - second_cost end, 0)) as cost_amount,
        sum(
            case
                when is_known then 0
                when is_new then first_cost - first_value
                else second_value - second_cost - first_value + first_cost
            end
        ) as other_amount
    from started
    group by grouped_by, member, to_month, unit
),

walked as (
    select
        *,
        coalesce({{ share('first_margin', 'second_quantity - first_quantity', 'first_quantity') }}, 0) as quantity_amount,
        start_margin - first_margin as at_start_amount
    from units
),

effects as (
    select grouped_by, member, to_month, 'quantity' as effect, quantity_amount as amount from walked
    union all
    select grouped_by, member, to_month, 'mix', at_start_amount - quantity_amount from walked
    union all
    select grouped_by, member, to_month, 'price', price_amount from walked
    union all
    select grouped_by, member, to_month, 'cost', cost_amount from walked
    union all
    select grouped_by, member, to_month, 'other', other_amount from walked
),

final as (
    select
        {{ make_key(['grouped_by', 'member', 'to_month', 'effect']) }} as margin_period_walk_key,
        case when grouped_by = 'customer' then member end as customer_key,
        case when grouped_by = 'owner' then member end as owner_key,
        cast({{ dbt.dateadd('month', -1, 'to_month') }} as date) as from_month,
        to_month,
        {{ as_of() }} as as_of_on,
        grouped_by,
        case when grouped_by = 'product_category' then member end as product_category,
        effect,
        cast(sum(amount) as decimal(18, 2)) as effect_amount
    from effects
    group by grouped_by, member, to_month, effect
    having sum(amount) <> 0
)

select * from final
