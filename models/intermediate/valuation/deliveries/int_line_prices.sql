-- One row per deal and product: net and quantity of its lines, from which the price of one unit follows.
with lines as (
    select * from {{ ref('int_agreed_lines') }}
    where quantity is not null
),

-- Lines of one product in units that do not convert have no price in common: the larger value speaks.
by_unit as (
    select
        deal_key,
        product_key,
        base_unit,
        currency,
        sum(base_quantity) as base_quantity,
        sum(net_amount) as net_amount,
        min(deal_line_id) as deal_line_id
    from lines
    group by deal_key, product_key, base_unit, currency
),

ranked as (
    select
        *,
        row_number() over (partition by deal_key, product_key order by abs(net_amount) desc, base_unit) as position
    from by_unit
),

final as (
    select
        deal_key,
        product_key,
        base_unit,
        currency,
        base_quantity,
        cast(net_amount as decimal(18, 2)) as net_amount,
        deal_line_id,
        count(*) over (partition by deal_key) = 1 as is_only_product
    from ranked
    where position = 1
)

select * from final
