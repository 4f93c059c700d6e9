-- One row per deal line at the price agreed for it: as booked, else as it stands while nothing is won. A deal without lines has one of its own.
with last_wins as (
    select * from {{ ref('int_deal_wins') }}
    qualify row_number() over (partition by source_system, deal_id order by win_number desc nulls last) = 1
),

deals as (
    select
        deals.source_system,
        deals.deal_id,
        coalesce(last_wins.currency, deals.currency) as currency,
        coalesce(last_wins.amount, deals.amount) as amount,
        coalesce(last_wins.win_number, 0) as win_number,
        coalesce(last_wins.won_on, deals.created_on) as agreed_on
    from {{ ref('cnf_deals') }} as deals
    left join last_wins on deals.source_system = last_wins.source_system and deals.deal_id = last_wins.deal_id
),

lines as (
    select * from {{ ref('int_deal_line_values') }}
),

final as (
    select
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        deals.agreed_on,
        lines.deal_line_id,
        coalesce(xref_product.product_key, 'unknown') as product_key,
        deals.currency,
        lines.quantity,
        lines.stated_unit,
        lines.unit,
        lines.unit_price,
        case when lines.deal_line_id is null then deals.amount else lines.net_amount end as net_amount,
        deals.source_system,
        -- The record that a job is found for.
        case when lines.deal_line_id is null then 'deals' else 'deal_lines' end as source_entity,
        coalesce(lines.deal_line_id, deals.deal_id) as source_id,
        deals.deal_id
    from deals
    left join lines
        on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id and deals.win_number = lines.win_number
    left join {{ ref('xref_product') }} as xref_product
        on
            lines.source_system = xref_product.source_system
            and lines.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
)

select * from final
