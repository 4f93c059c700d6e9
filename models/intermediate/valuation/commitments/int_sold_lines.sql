-- One row per line of a win (win_number 1, 2 …) and per deal line as it stands (win_number 0), with the amount of its deal that goes with it.
with wins as (
    select * from {{ ref('int_deal_wins') }}
),

last_wins as (
    select
        source_system,
        deal_id,
        max(won_on) as won_on
    from wins
    group by source_system, deal_id
),

booked as (
    select
        lines.source_system,
        lines.deal_id,
        lines.deal_line_id,
        lines.win_number,
        lines.product_id,
        lines.quantity,
        lines.unit,
        lines.unit_price,
        lines.discount_amount,
        lines.net_amount,
        wins.amount as deal_amount,
        wins.currency as deal_currency,
        wins.won_on as priced_on,
        lines.is_known_on_day,
        lines.load_id
    from {{ ref('int_booked_lines') }} as lines
    inner join wins on lines.source_system = wins.source_system and lines.deal_id = wins.deal_id and lines.win_number = wins.win_number
),

standing as (
    select
        lines.source_system,
        lines.deal_id,
        lines.deal_line_id,
        0 as win_number,
        lines.product_id,
        lines.quantity,
        lines.unit,
        lines.unit_price,
        lines.discount_amount,
        lines.net_amount,
        deals.amount as deal_amount,
        deals.currency as deal_currency,
        coalesce(last_wins.won_on, deals.won_on, deals.created_on) as priced_on,
        true as is_known_on_day,
        lines.load_id
    from {{ ref('cnf_deal_lines') }} as lines
    left join {{ ref('cnf_deals') }} as deals on lines.source_system = deals.source_system and lines.deal_id = deals.deal_id
    left join last_wins on lines.source_system = last_wins.source_system and lines.deal_id = last_wins.deal_id
),

lines as (
    select * from booked
    union all
    select * from standing
),

final as (
    select
        lines.source_system,
        lines.deal_id,
        lines.deal_line_id,
        cast(lines.win_number as integer) as win_number,
        lines.product_id,
        coalesce(product_units.product_key, 'unknown') as product_key,
        lines.quantity,
        lower(trim(lines.unit)) as stated_unit,
        coalesce(lower(trim(lines.unit)), product_units.unit) as unit,
        lines.unit_price,
        lines.discount_amount,
        lines.net_amount,
        lines.deal_amount,
        lines.deal_currency,
        lines.priced_on,
        lines.is_known_on_day,
        lines.load_id
    from lines
    left join {{ ref('int_product_units') }} as product_units
        on lines.source_system = product_units.source_system and lines.product_id = product_units.product_id
)

select * from final
