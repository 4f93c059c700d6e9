-- One row per control, cause and customer (`any` for all of them): how often such exceptions were resolved, how fast, and what was noted.
with events as (
    select * from {{ ref('int_exception_events') }}
),

first_seen as (
    select exception_key, min(happened_on) as first_seen_on
    from events
    group by exception_key
),

resolved as (
    select
        events.exception_key,
        events.control_id,
        events.cause,
        events.customer_key,
        {{ days_between('first_seen.first_seen_on', 'events.happened_on') }} as days_open,
        decisions.reason
    from events
    inner join first_seen on events.exception_key = first_seen.exception_key
    left join {{ ref('exception_decisions') }} as decisions
        on
            events.exception_key = decisions.exception_key
            and decisions.decision = 'acknowledged'
            and events.happened_on >= decisions.decided_on
    where events.event = 'resolved'
),

widened as (
    select exception_key, control_id, cause, customer_key, days_open, reason from resolved
    union all
    select exception_key, control_id, cause, 'any', days_open, reason from resolved
),

reasons as (
    select control_id, cause, customer_key, reason
    from (
        select control_id, cause, customer_key, reason, count(*) as reason_count
        from widened
        where reason is not null
        group by control_id, cause, customer_key, reason
    ) as given
    qualify row_number() over (
        partition by control_id, cause, customer_key
        order by reason_count desc nulls last, reason asc nulls last
    ) = 1
),

counted as (
    select
        control_id,
        cause,
        customer_key,
        cast(count(distinct exception_key) as integer) as resolved_count,
        cast(round(median(days_open)) as integer) as median_days
    from widened
    group by control_id, cause, customer_key
),

final as (
    select
        counted.control_id,
        counted.cause,
        counted.customer_key,
        counted.resolved_count,
        counted.median_days,
        reasons.reason
    from counted
    left join reasons
        on
            counted.control_id = reasons.control_id
            and counted.cause = reasons.cause
            and counted.customer_key = reasons.customer_key
)

select * from final
