-- One row per win of a deal: a deal that was won, lost and won again has two.
with merged_away as (
    select
        source_system,
        deal_id as survivor_id,
        {{ each_match('merged_deal_ids', '[^; ]+') }} as deal_id
    from {{ ref('cnf_deals') }}
    where merged_deal_ids is not null
),

-- A deal that was merged into another is that other one: it is neither a sale of its own nor one that was lost.
taken_in as (
    select distinct source_system, deal_id from merged_away
    where deal_id <> survivor_id
),

versions as (
    select
        versions.*,
        {{ known_day('versions') }} as known_on,
        not versions.is_deleted and coalesce(versions.is_won, versions.won_on is not null) as is_win,
        row_number() over (
            partition by versions.source_system, versions.deal_id
            order by coalesce(versions.updated_at, versions.landed_at) nulls last, versions.version_number nulls last
        ) as position
    from {{ ref('cnf_deal_versions') }} as versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
    left join taken_in on versions.source_system = taken_in.source_system and versions.deal_id = taken_in.deal_id
    where taken_in.deal_id is null
),

changes as (
    select
        *,
        -- A deal that arrives lost but says on which day it was won, was won and lost before anyone looked.
        position = 1 and not is_win and not is_deleted and won_on is not null as is_won_unseen,
        coalesce(lag(is_win) over (partition by source_system, deal_id order by position nulls last), false) as was_win
    from versions
),

-- Wins and their ends alternate, so the nth end belongs to the nth win.
starts as (
    select
        source_system,
        deal_id,
        position,
        load_id,
        coalesce(won_on, known_on) as won_on,
        row_number() over (partition by source_system, deal_id order by position nulls last) as win_number
    from changes
    where (is_win and not was_win) or is_won_unseen
),

ends as (
    select
        source_system,
        deal_id,
        coalesce(lost_on, known_on) as unwon_on,
        load_id,
        row_number() over (partition by source_system, deal_id order by position nulls last) as win_number
    from changes
    where (was_win and not is_win) or is_won_unseen
),

-- The version known on the day it was won, else the first that arrived as won.
frozen as (
    select
        starts.source_system,
        starts.deal_id,
        starts.win_number,
        versions.customer_id,
        versions.amount,
        versions.currency,
        versions.known_on <= starts.won_on as is_known_on_day
    from starts
    inner join versions
        on
            starts.source_system = versions.source_system
            and starts.deal_id = versions.deal_id
            and (starts.won_on >= versions.known_on or starts.position = versions.position)
    where not versions.is_deleted
    qualify row_number() over (
        partition by starts.source_system, starts.deal_id, starts.win_number
        order by
            versions.known_on <= starts.won_on desc nulls last,
            versions.position desc nulls last
    ) = 1
),

final as (
    select
        starts.deal_id,
        cast(starts.win_number as integer) as win_number,
        frozen.customer_id,
        starts.won_on,
        case when ends.unwon_on is not null then greatest(ends.unwon_on, starts.won_on) end as unwon_on,
        frozen.currency,
        frozen.amount,
        frozen.is_known_on_day,
        starts.source_system,
        starts.load_id,
        ends.load_id as unwon_load_id
    from starts
    inner join frozen
        on
            starts.source_system = frozen.source_system
            and starts.deal_id = frozen.deal_id
            and starts.win_number = frozen.win_number
    left join ends
        on
            starts.source_system = ends.source_system
            and starts.deal_id = ends.deal_id
            and starts.win_number = ends.win_number
)

select * from final
