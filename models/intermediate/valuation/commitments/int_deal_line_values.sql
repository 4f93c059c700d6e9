-- One row per line of a win (win_number 1, 2 …) and deal line as it stands (win_number 0): its amount, else its price,
-- else its share.
with lines as (
    select * from {{ ref('int_sold_lines') }}
),

prices as (
    select * from {{ ref('int_list_prices') }}
),

unpriced as (
    select
        lines.*,
        coalesce(units.base_unit, lines.unit) as base_unit,
        {{ in_base_unit('lines.quantity', 'units.base_quantity') }} as base_quantity
    from lines
    left join {{ ref('unit_conversions') }} as units on lines.unit = units.unit
    where lines.net_amount is null and lines.quantity is not null and lines.unit_price is null and lines.product_key <> 'unknown'
),

-- Without an amount or a price: the list value of the day, less the line's discount.
list_values as (
    select
        unpriced.source_system,
        unpriced.deal_line_id,
        unpriced.win_number,
        prices.currency,
        greatest(
            case
                when unpriced.unit = prices.unit or unpriced.unit is null or prices.unit is null
                    then {{ extended('unpriced.quantity', 'prices.list_price') }}
                else {{ share('prices.list_price', 'unpriced.base_quantity', 'prices.base_quantity', 6) }}
            end - coalesce(unpriced.discount_amount, 0),
            0
        ) as list_amount
    from unpriced
    inner join prices on unpriced.product_key = prices.product_key
    where
        unpriced.priced_on >= coalesce(prices.valid_from, unpriced.priced_on)
        and unpriced.priced_on <= coalesce(prices.valid_to, unpriced.priced_on)
        and (unpriced.base_unit = prices.base_unit or unpriced.base_unit is null or prices.base_unit is null)
    qualify row_number() over (
        partition by unpriced.source_system, unpriced.deal_line_id, unpriced.win_number
        order by {{ list_price_order('prices', 'unpriced.deal_currency', 'unpriced.source_system', 'unpriced.product_id') }}
    ) = 1
),

priced as (
    select
        lines.*,
        case
            when lines.net_amount is not null then lines.net_amount
            when lines.quantity = 0 or lines.unit_price = 0 then 0
            else {{ extended('lines.quantity', 'lines.unit_price') }} - coalesce(lines.discount_amount, 0)
        end as own_amount
    from lines
),

-- What the lines with a worth of their own leave of the deal's amount; never more than nothing, turned round.
left_over as (
    select
        priced.*,
        list_values.list_amount,
        list_values.currency as list_currency,
        sum(coalesce(priced.own_amount, 0)) over (partition by priced.source_system, priced.deal_id, priced.win_number) as own_total
    from priced
    left join list_values
        on
            priced.source_system = list_values.source_system
            and priced.deal_line_id = list_values.deal_line_id
            and priced.win_number = list_values.win_number
),

sharing as (
    select
        *,
        cast(case
            when deal_amount >= 0 then greatest(deal_amount - own_total, 0) else least(deal_amount - own_total, 0)
        end as decimal(18, 2)) as left_amount,
        count(list_amount) over (partition by source_system, deal_id, win_number) = count(*) over (partition by source_system, deal_id, win_number)
        and min(list_currency) over (partition by source_system, deal_id, win_number)
        = max(list_currency) over (partition by source_system, deal_id, win_number)
        and sum(list_amount) over (partition by source_system, deal_id, win_number) > 0 as is_by_list
    from left_over
    where own_amount is null and deal_amount is not null
),

weighed as (
    select
        *,
        cast(case when is_by_list then list_amount else 1 end as decimal(38, 6)) as weight
    from sharing
),

running as (
    select
        *,
        cast(sum(weight) over (
            partition by source_system, deal_id, win_number order by deal_line_id nulls last
            rows between unbounded preceding and current row
        ) as decimal(38, 6)) as running_weight,
        cast(sum(weight) over (partition by source_system, deal_id, win_number) as decimal(38, 6)) as whole_weight
    from weighed
),

shared as (
    select
        source_system,
        deal_line_id,
        win_number,
        is_by_list,
        left_amount,
        {{ share('left_amount', 'running_weight', 'whole_weight') }}
        - {{ share('left_amount', 'running_weight - weight', 'whole_weight') }} as share_amount
    from running
),

final as (
    select
        priced.source_system,
        priced.deal_id,
        priced.deal_line_id,
        priced.win_number,
        priced.product_id,
        priced.quantity,
        priced.stated_unit,
        priced.unit,
        priced.unit_price,
        priced.discount_amount,
        cast(coalesce(priced.own_amount, shared.share_amount) as decimal(18, 2)) as net_amount,
        case
            when priced.net_amount is not null then 'deal_line'
            when priced.own_amount is not null then 'deal_line_extended'
            when shared.is_by_list then 'deal_amount_by_list'
            when shared.deal_line_id is not null then 'deal_amount_shared'
            else 'deal_line'
        end as amount_rule,
        -- Lines with a worth of their own already take all of the deal's amount.
        coalesce(shared.left_amount = 0 and priced.deal_amount <> 0, false) as is_nothing_left,
        priced.is_known_on_day,
        priced.load_id
    from priced
    left join shared
        on
            priced.source_system = shared.source_system
            and priced.deal_line_id = shared.deal_line_id
            and priced.win_number = shared.win_number
)

select * from final
