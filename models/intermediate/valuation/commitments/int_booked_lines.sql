-- One row per line of a win of a deal, as it was known on the day of winning, else as it first arrived.
with wins as (
    select * from {{ ref('int_deal_wins') }}
),

versions as (
    select
        versions.*,
        {{ known_day('versions') }} as known_on,
        row_number() over (
            partition by versions.source_system, versions.deal_line_id
            order by coalesce(versions.updated_at, versions.landed_at) nulls last, versions.version_number nulls last
        ) as position
    from {{ ref('cnf_deal_line_versions') }} as versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
),

-- A tombstone may hold nothing but the line's key.
placed as (
    select
        *,
        coalesce(deal_id, lag(deal_id) over (
            partition by source_system, deal_line_id
            order by position nulls last
        )) as line_of_deal
    from versions
),

first_loads as (
    select
        source_system,
        line_of_deal,
        min(load_id) as first_load_id
    from placed
    group by source_system, line_of_deal
),

-- A line that arrives only after the deal had arrived as won, lines and all, is a later edit and not booked.
candidates as (
    select
        placed.*,
        wins.win_number,
        placed.known_on <= wins.won_on as is_known_on_day
    from wins
    inner join placed
        on wins.source_system = placed.source_system and wins.deal_id = placed.line_of_deal
    inner join first_loads
        on wins.source_system = first_loads.source_system and wins.deal_id = first_loads.line_of_deal
    where
        placed.known_on <= wins.won_on
        or (placed.position = 1 and placed.load_id <= greatest(wins.load_id, first_loads.first_load_id))
    qualify row_number() over (
        partition by placed.source_system, placed.deal_line_id, wins.win_number
        order by
            placed.known_on <= wins.won_on desc nulls last,
            placed.position desc nulls last
    ) = 1
),

final as (
    select
        deal_line_id,
        win_number,
        line_of_deal as deal_id,
        product_id,
        quantity,
        unit,
        unit_price,
        discount_amount,
        net_amount,
        planned_hours,
        planned_cost,
        planned_cost_type,
        is_known_on_day,
        source_system,
        load_id
    from candidates
    where not is_deleted
)

select * from final
