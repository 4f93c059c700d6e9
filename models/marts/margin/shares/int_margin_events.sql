-- One row per thing that adds to what is booked, earned or spent on a job and product, per effect on its margin, and per
-- final job and product that was planned what it should have cost and by how much that was missed, on its own day.
with events as (
    select * from {{ ref('fct_stage_events') }}
),

margins as (
    select
        *,
        count(plan_rule) over (partition by job_key) > 0 and sum(rate_missing_count) over (partition by job_key) = 0 as is_planned
    from {{ ref('fct_job_margin') }}
),

-- What the work that was delivered should have cost by the plan, change orders included.
flexed as (
    select
        job_key,
        product_key,
        sum(flexed_amount) as flexed_amount
    from {{ ref('int_cost_groups') }}
    group by job_key, product_key
),

-- A quote is the credit of whoever has the booking that it was made for: the product's, else the first of the job.
bookings as (
    select
        margins.job_key,
        margins.product_key,
        events.event_key
    from margins
    inner join events on margins.job_key = events.job_key
    where margins.is_planned and events.stage = 'booked'
    qualify row_number() over (
        partition by margins.job_key, margins.product_key
        order by
            case when events.product_key = margins.product_key then 0 else 1 end nulls last,
            events.event_on nulls last,
            events.event_key nulls last
    ) = 1
),

quoted as (
    select
        {{ make_key(["'quote'", 'margins.job_key', 'margins.product_key']) }} as evidence_key,
        bookings.event_key,
        margins.job_key,
        margins.product_key,
        closings.final_on as event_on,
        coalesce(flexed.flexed_amount, 0) as flexed_cost_amount,
        abs(margins.cost_amount - margins.wip_amount - coalesce(flexed.flexed_amount, 0)) as missed_cost_amount
    from margins
    inner join {{ ref('int_job_closings') }} as closings on margins.job_key = closings.job_key
    left join flexed on margins.job_key = flexed.job_key and margins.product_key = flexed.product_key
    left join bookings on margins.job_key = bookings.job_key and margins.product_key = bookings.product_key
    where margins.is_planned and closings.is_final
),

parts as (
    select
        stage as kind, event_key as evidence_key, event_key, job_key, product_key, event_on, reporting_amount as amount,
        'none' as effect
    from events
    where stage in ('booked', 'change_order', 'delivered') and reporting_amount is not null
    union all
    select
        case when kind = 'billed_short' then kind else effect end, evidence_key, from_event_key, job_key, product_key, effect_on, value_amount, 'none'
    from {{ ref('int_concessions') }}
    where effect is not null
    union all
    select 'cost', event_key as evidence_key, event_key, job_key, product_key, event_on, cost_amount, 'none'
    from {{ ref('int_margin_costs') }}
    union all
    select 'wip', event_key as evidence_key, event_key, job_key, product_key, event_on, wip_amount, 'none'
    from {{ ref('int_margin_costs') }}
    where wip_amount <> 0
    union all
    select 'effect', evidence_key, event_key, job_key, product_key, effect_on, effect_amount, effect
    from {{ ref('fct_margin_walk') }}
    {% for kind in ['flexed_cost', 'missed_cost'] %}
        union all
        select '{{ kind }}', evidence_key, event_key, job_key, product_key, event_on, {{ kind }}_amount, 'none'
        from quoted
        where {{ kind }}_amount <> 0
    {% endfor %}
),

-- What was counted of the work, signed: what came back counts down.
counted as (
    select
        deliveries.event_key,
        deliveries.base_quantity as quantity,
        coalesce(deliveries.base_unit, 'none') as base_unit
    from {{ ref('int_delivery_values') }} as deliveries
    inner join {{ ref('int_job_terms') }} as terms on deliveries.job_key = terms.job_key
    where
        deliveries.delivery_type in ('time', 'material', 'shipment') and deliveries.valuation_rule <> 'rebate'
        and terms.job_type not in ('fixed_price', 'permanent_placement')
),

final as (
    select
        parts.kind,
        parts.effect,
        parts.evidence_key,
        parts.event_key,
        parts.job_key,
        parts.product_key,
        parts.event_on,
        cast({{ dbt.date_trunc('month', 'parts.event_on') }} as date) as month,
        cast(parts.amount as decimal(18, 2)) as amount,
        counted.quantity,
        counted.base_unit
    from parts
    left join counted on case when parts.kind = 'delivered' then parts.event_key end = counted.event_key
)

select * from final
