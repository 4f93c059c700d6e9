-- One row per thing that adds to what is booked, earned or spent on a job and product, and per effect on its margin, on
-- its own day.
with events as (
    select * from {{ ref('fct_stage_events') }}
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
