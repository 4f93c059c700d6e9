-- One row per deal line, and win, without an amount or a price, for which there is a list price of the day: its list value, less its discount.
with lines as (
    select
        lines.*,
        coalesce(units.base_unit, lines.unit) as base_unit,
        {{ in_base_unit('lines.quantity', 'units.base_quantity') }} as base_quantity
    from {{ ref('int_sold_lines') }} as lines
    left join {{ ref('unit_conversions') }} as units on lines.unit = units.unit
    where lines.net_amount is null and lines.quantity is not null and lines.unit_price is null and lines.product_key <> 'unknown'
),

prices as (
    select * from {{ ref('int_list_prices') }}
),

in_force as (
    select
        lines.source_system,
        lines.deal_line_id,
        lines.win_number,
        prices.currency,
        greatest(
            case
                when lines.unit = prices.unit or lines.unit is null or prices.unit is null
                    then {{ extended('lines.quantity', 'prices.list_price') }}
                else {{ share('prices.list_price', 'lines.base_quantity', 'prices.base_quantity', 6) }}
            end - coalesce(lines.discount_amount, 0),
            0
        ) as list_amount,
        row_number() over (
            partition by lines.source_system, lines.deal_line_id, lines.win_number
            order by {{ list_price_order('prices', 'lines.deal_currency', 'lines.source_system', 'lines.product_id') }}
        ) as position
    from lines
    inner join prices on lines.product_key = prices.product_key
    where
        lines.priced_on >= coalesce(prices.valid_from, lines.priced_on)
        and lines.priced_on <= coalesce(prices.valid_to, lines.priced_on)
        and (lines.base_unit = prices.base_unit or lines.base_unit is null or prices.base_unit is null)
),

final as (
    select source_system, deal_line_id, win_number, currency, list_amount
    from in_force
    where position = 1
)

select * from final
