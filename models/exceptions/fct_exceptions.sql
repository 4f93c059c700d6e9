-- One row per exception that was ever found, with its life.
with lives as (
    select * from {{ ref('int_exception_lives') }}
),

events as (
    select * from {{ ref('int_exception_events') }}
),

{% set content = [
    'control_id', 'entity', 'entity_id', 'entity_label', 'source_system', 'deal_key', 'contract_key', 'job_key', 'work_order_key', 'delivery_key', 'invoice_key',
    'product_key', 'customer_key', 'owner_key', 'occurred_on', 'period_starts_on', 'period_ends_on', 'currency', 'expected_amount', 'actual_amount',
    'value_at_risk_amount', 'document_amount', 'cause', 'suggested_action', 'evidence', 'owner_role', 'severity', 'owner', 'root_exception_key',
] %}
-- What is found now as it is now; what is gone as it was when it was last seen.
contents as (
    select exception_key, {{ content | join(', ') }}, risk_kind, counted_amount, counted_loss_amount
    from {{ ref('int_exceptions_now') }}
    union all
    select past.exception_key, {{ 'past.' ~ content | join(', past.') }}, controls.risk_kind, cast(0 as decimal(18, 2)), cast(0 as decimal(18, 2))
    from {{ source('history', 'exceptions') }} as past
    inner join lives on past.exception_key = lives.exception_key
    left join {{ ref('dim_control') }} as controls on past.control_id = controls.control_id
    where not lives.is_found_now
),

-- Where in the bridge its money lies.
tied as (
    select
        pieces.exception_key,
        '[' || {{ joined_in_order(
            as_json(['bridge_item_key', 'linked_by', 'reason', 'counted_amount'], 'pieces'), "','",
            ['pieces.counted_amount desc', 'pieces.bridge_item_key', 'pieces.linked_by']
        ) }} || ']' as bridge_pieces
    from {{ ref('int_exception_pieces') }} as pieces
    group by pieces.exception_key
),

decisions as (
    select * from {{ ref('int_exception_decisions') }}
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
        acknowledged.reason
    from events
    inner join first_seen on events.exception_key = first_seen.exception_key
    left join {{ ref('exception_decisions') }} as acknowledged
        on
            events.exception_key = acknowledged.exception_key
            and acknowledged.decision = 'acknowledged'
            and events.happened_on >= acknowledged.decided_on
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

-- Each control and cause, of a customer and of `any`: how often such exceptions were resolved, how fast, and what was
-- noted.
past_resolutions as (
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
),

of_all as (
    select * from past_resolutions
    where customer_key = 'any'
),

final as (
    select
        contents.exception_key,
        contents.control_id,
        -- Acknowledging says that somebody looks at it: it ends when the exception was gone in between.
        case
            when lives.resolved_on is not null then 'resolved'
            when decisions.standing = 'waived' then 'waived'
            when decisions.standing = 'acknowledged' and decisions.decided_on >= coalesce(lives.reopened_on, decisions.decided_on) then 'acknowledged'
            when lives.times_reopened > 0 then 'reopened'
            else 'open'
        end as status,
        contents.severity,
        contents.owner_role,
        contents.owner,
        contents.entity,
        contents.entity_id,
        coalesce(contents.entity_label, contents.entity_id) as entity_label,
        contents.source_system,
        {% for key in ['deal', 'contract', 'job', 'work_order', 'delivery', 'invoice', 'product', 'customer', 'owner'] %}
            contents.{{ key }}_key,
        {% endfor %}
        contents.root_exception_key,
        contents.occurred_on,
        contents.period_starts_on,
        contents.period_ends_on,
        lives.found_from_on,
        cast(lives.first_seen_on as timestamp) as first_seen_at,
        cast(lives.last_seen_on as timestamp) as last_seen_at,
        cast(lives.resolved_on as timestamp) as resolved_at,
        lives.times_reopened,
        cast({{ days_between('lives.found_from_on', 'coalesce(lives.resolved_on, ' ~ as_of() ~ ')') }} as integer) as age_days,
        cast({{ days_between('lives.first_seen_on', 'coalesce(lives.resolved_on, ' ~ as_of() ~ ')') }} as integer) as days_since_first_seen,
        contents.currency,
        contents.document_amount,
        contents.expected_amount,
        contents.actual_amount,
        cast(case when contents.risk_kind = 'loss' then contents.value_at_risk_amount else 0 end as decimal(18, 2)) as loss_amount,
        cast(case when contents.risk_kind = 'loss' then 0 else contents.value_at_risk_amount end as decimal(18, 2)) as doubt_amount,
        contents.value_at_risk_amount,
        contents.counted_amount,
        contents.counted_loss_amount,
        contents.cause,
        contents.suggested_action,
        coalesce(of_all.resolved_count, 0) as similar_resolved_count,
        coalesce(of_customer.resolved_count, 0) as similar_resolved_customer_count,
        of_all.median_days as similar_resolved_days,
        coalesce(of_customer.reason, of_all.reason) as similar_resolution,
        contents.evidence,
        tied.bridge_pieces,
        decisions.decision,
        decisions.standing as decision_standing,
        decisions.reason as decision_reason,
        decisions.decided_by,
        decisions.approved_by,
        decisions.decided_on,
        decisions.expires_on
    from contents
    inner join lives on contents.exception_key = lives.exception_key
    left join tied on contents.exception_key = tied.exception_key
    left join decisions on contents.exception_key = decisions.exception_key
    left join past_resolutions as of_customer
        on
            contents.control_id = of_customer.control_id
            and contents.cause = of_customer.cause
            and contents.customer_key = of_customer.customer_key
    left join of_all on contents.control_id = of_all.control_id and contents.cause = of_all.cause
)

select * from final
