-- One row per exception that was ever found: when it could be found, was first and last seen, whether it is there now, how often it came back.
with events as (
    select * from {{ ref('int_exception_events') }}
),

last_seen as (
    select exception_key, found_from_on, last_seen_on from {{ source('history', 'exceptions') }}
),

exceptions as (
    select * from {{ ref('int_exceptions_found') }}
),

lived as (
    select
        exception_key,
        min(happened_on) as first_seen_on,
        count(case when event = 'reopened' then 1 end) as times_reopened,
        max(case when event = 'reopened' then happened_on end) as reopened_on
    from events
    group by exception_key
),

states as (
    select exception_key, event, happened_on
    from events
    qualify row_number() over (partition by exception_key order by event_number desc nulls last) = 1
),

final as (
    select
        lived.exception_key,
        -- What was seen could be found.
        least(coalesce(exceptions.found_from_on, last_seen.found_from_on, lived.first_seen_on), lived.first_seen_on) as found_from_on,
        lived.first_seen_on,
        case
            when exceptions.exception_key is not null then {{ as_of() }}
            else coalesce(last_seen.last_seen_on, lived.first_seen_on)
        end as last_seen_on,
        case when states.event = 'resolved' then states.happened_on end as resolved_on,
        cast(lived.times_reopened as integer) as times_reopened,
        lived.reopened_on,
        exceptions.exception_key is not null as is_found_now
    from lived
    inner join states on lived.exception_key = states.exception_key
    left join last_seen on lived.exception_key = last_seen.exception_key
    left join exceptions on lived.exception_key = exceptions.exception_key
)

select * from final
