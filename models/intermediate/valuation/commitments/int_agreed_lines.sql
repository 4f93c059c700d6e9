-- One row per deal line at the price agreed for it: as booked, else as it stands while nothing is won. A deal without lines has one of its own.
with last_wins as (
    select * from {{ ref('int_deal_wins') }}
    qualify row_number() over (partition by source_system, deal_id order by win_number desc) = 1
),

booked as (
    select lines.*
    from {{ ref('int_booked_lines') }} as lines
    inner join last_wins
        on
            lines.source_system = last_wins.source_system
            and lines.deal_id = last_wins.deal_id
            and lines.win_number = last_wins.win_number
),

deals as (
    select
        deals.source_system,
        deals.deal_id,
        coalesce(last_wins.currency, deals.currency) as currency,
        coalesce(last_wins.amount, deals.amount) as amount,
        last_wins.deal_id is not null as is_won
    from {{ ref('cnf_deals') }} as deals
    left join last_wins on deals.source_system = last_wins.source_system and deals.deal_id = last_wins.deal_id
),

lines as (
    select source_system, deal_id, deal_line_id, product_id, quantity, unit, net_amount from booked
    union all
    select lines.source_system, lines.deal_id, lines.deal_line_id, lines.product_id, lines.quantity, lines.unit, lines.net_amount
    from {{ ref('cnf_deal_lines') }} as lines
    inner join deals on lines.source_system = deals.source_system and lines.deal_id = deals.deal_id
    where not deals.is_won
),

final as (
    select
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        lines.deal_line_id,
        coalesce(xref_product.product_key, 'unknown') as product_key,
        deals.currency,
        lines.quantity,
        lower(trim(lines.unit)) as unit,
        coalesce(units.base_unit, lower(trim(lines.unit))) as base_unit,
        {{ in_base_unit("lines.quantity", "units.base_quantity") }} as base_quantity,
        coalesce(lines.net_amount, deals.amount) as net_amount,
        deals.source_system,
        deals.deal_id
    from deals
    left join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    left join {{ ref('int_job_links') }} as xref_job
        on
            deals.source_system = xref_job.source_system
            and coalesce(lines.deal_line_id, deals.deal_id) = xref_job.source_id
            and xref_job.source_entity = case when lines.deal_line_id is null then 'deals' else 'deal_lines' end
    left join {{ ref('unit_conversions') }} as units on lower(trim(lines.unit)) = units.unit
    left join {{ ref('xref_product') }} as xref_product
        on
            lines.source_system = xref_product.source_system
            and lines.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
)

select * from final
