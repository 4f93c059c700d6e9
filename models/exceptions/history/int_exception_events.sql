-- One row per occasion in the life of an exception, up to the day of the position: opened, resolved, reopened. The newest are not written yet.
with past as (
    select * from {{ source('history', 'exception_events') }}
    where happened_on <= {{ as_of() }}
),

last_states as (
    select * from past
    qualify row_number() over (partition by exception_key order by event_number desc nulls last) = 1
),

exceptions as (
    select * from {{ ref('int_exceptions_found') }}
),

runs as (
    select * from {{ ref('int_control_runs') }}
    where population_count > 0
),

-- What is gone is resolved only if its control ran and had something to look at: an empty source resolves nothing.
changes as (
    select
        coalesce(exceptions.exception_key, last_states.exception_key) as exception_key,
        coalesce(last_states.event_number, 0) + 1 as event_number,
        case
            when last_states.exception_key is null then 'opened'
            when exceptions.exception_key is not null and last_states.event = 'resolved' then 'reopened'
            when exceptions.exception_key is null and last_states.event <> 'resolved' and runs.control_id is not null then 'resolved'
        end as event,
        {{ as_of() }} as happened_on,
        coalesce(exceptions.control_id, last_states.control_id) as control_id,
        coalesce(exceptions.owner, last_states.owner) as owner,
        coalesce(exceptions.cause, last_states.cause) as cause,
        coalesce(exceptions.customer_key, last_states.customer_key) as customer_key,
        coalesce(exceptions.value_at_risk_amount, last_states.value_at_risk_amount) as value_at_risk_amount
    from exceptions
    full outer join last_states on exceptions.exception_key = last_states.exception_key
    left join runs on last_states.control_id = runs.control_id
),

final as (
    select exception_key, event_number, event, happened_on, control_id, owner, cause, customer_key, value_at_risk_amount, false as is_new
    from past
    union all
    select exception_key, cast(event_number as integer), event, happened_on, control_id, owner, cause, customer_key, value_at_risk_amount, true
    from changes
    where event is not null
)

select * from final
