-- One row per week, control and owner in which anything was open, opened or resolved.
with events as (
    select * from {{ ref('int_exception_events') }}
),

days as (
    select distinct week_starts_on from {{ ref('dim_calendar') }}
    where week_starts_on <= {{ as_of() }} and week_starts_on >= (select min({{ dbt.date_trunc('week', 'happened_on') }}) from events)
),

-- The last week ends on the day of the position.
weeks as (
    select week_starts_on, least({{ plus_days('week_starts_on', '6') }}, {{ as_of() }}) as week_ends_on from days
),

-- From each opening or return until what ended it.
episodes as (
    select
        events.exception_key,
        events.event,
        events.happened_on,
        lead(events.happened_on) over (partition by events.exception_key order by events.event_number nulls last) as ended_on,
        lives.found_from_on,
        events.control_id,
        events.owner,
        events.value_at_risk_amount
    from events
    inner join {{ ref('int_exception_lives') }} as lives on events.exception_key = lives.exception_key
),

moved as (
    select
        weeks.week_starts_on,
        weeks.week_ends_on,
        episodes.control_id,
        episodes.owner,
        count(case when episodes.event = 'opened' then 1 end) as opened_count,
        count(case when episodes.event = 'reopened' then 1 end) as reopened_count,
        count(case when episodes.event = 'resolved' then 1 end) as resolved_count,
        coalesce(sum(case when episodes.event <> 'resolved' then episodes.value_at_risk_amount end), 0) as opened_amount,
        coalesce(sum(case when episodes.event = 'resolved' then episodes.value_at_risk_amount end), 0) as resolved_amount,
        0 as open_count,
        0 as aged_count,
        0 as open_amount
    from weeks
    inner join episodes on episodes.happened_on between weeks.week_starts_on and weeks.week_ends_on
    group by weeks.week_starts_on, weeks.week_ends_on, episodes.control_id, episodes.owner
),

standing as (
    select
        weeks.week_starts_on,
        weeks.week_ends_on,
        episodes.control_id,
        episodes.owner,
        0 as opened_count,
        0 as reopened_count,
        0 as resolved_count,
        0 as opened_amount,
        0 as resolved_amount,
        count(*) as open_count,
        count(case when {{ days_between('episodes.found_from_on', 'weeks.week_ends_on') }} > 30 then 1 end) as aged_count,
        sum(episodes.value_at_risk_amount) as open_amount
    from weeks
    inner join episodes
        on weeks.week_ends_on >= episodes.happened_on and weeks.week_ends_on < coalesce(episodes.ended_on, cast('9999-12-31' as date))
    where episodes.event <> 'resolved'
    group by weeks.week_starts_on, weeks.week_ends_on, episodes.control_id, episodes.owner
),

both_kinds as (
    select * from moved
    union all
    select * from standing
),

final as (
    select
        {{ make_key(['week_starts_on', 'control_id', 'owner']) }} as exception_trend_key,
        cast(week_starts_on as date) as week_starts_on,
        control_id,
        owner,
        max(week_ends_on) as week_ends_on,
        cast(sum(opened_count) as bigint) as opened_count,
        cast(sum(reopened_count) as bigint) as reopened_count,
        cast(sum(resolved_count) as bigint) as resolved_count,
        cast(sum(open_count) as bigint) as open_count,
        cast(sum(aged_count) as bigint) as aged_count,
        cast(sum(opened_amount) as decimal(38, 2)) as opened_amount,
        cast(sum(resolved_amount) as decimal(38, 2)) as resolved_amount,
        cast(sum(open_amount) as decimal(38, 2)) as open_amount
    from both_kinds
    group by week_starts_on, control_id, owner
)

select * from final
