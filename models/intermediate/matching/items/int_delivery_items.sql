-- One row per delivery that counts, with what it can be matched by; without a rate it is worth 0.
with events as (
    select * from {{ ref('int_stage_events') }}
    -- What takes something back and has no rate takes part in nothing.
    where stage = 'delivered' and (reporting_amount is not null or document_amount > 0)
),

recorded as (
    select
        event_key, delivery_id, delivery_type, cast(null as {{ dbt.type_string() }}) as change_order_id,
        base_unit, unit_quantity, base_quantity, day_quantity, week_quantity, month_quantity
    from {{ ref('int_delivery_values') }}
    union all
    select event_key, delivery_id, 'derived' as delivery_type, change_order_id, null, null, null, null, null, null
    from {{ ref('int_derived_delivery_values') }}
),

counted as (
    select
        events.event_key,
        recorded.delivery_id,
        recorded.delivery_type,
        recorded.change_order_id,
        recorded.base_unit,
        recorded.unit_quantity,
        recorded.base_quantity,
        recorded.day_quantity,
        recorded.week_quantity,
        recorded.month_quantity,
        jobs.job_type is not null
        and jobs.job_type not in ('fixed_price', 'permanent_placement')
        and recorded.delivery_type in ('time', 'material', 'shipment')
        and (
            events.valuation_rule like 'contract_rate%'
            or events.valuation_rule in ('order_line_price', 'deal_line_price', 'list_price', 'unpriced')
        )
        and events.quantity > 0
        -- Work agreed at nothing is owed nothing: a billed quantity is not looked for in it.
        and (events.document_amount > 0 or (events.document_amount = 0 and events.valuation_rule = 'unpriced')) as is_counted
    from events
    inner join recorded on events.event_key = recorded.event_key
    left join {{ ref('int_job_terms') }} as jobs on events.job_key = jobs.job_key
),

final as (
    select
        events.event_key as item_key,
        nullif(events.job_key, 'unknown') as job_key,
        events.product_key,
        nullif(events.work_order_key, 'unknown') as work_order_key,
        events.person_key,
        events.event_on,
        counted.delivery_id,
        counted.delivery_type,
        counted.change_order_id,
        events.valuation_rule,
        events.unit as source_unit,
        case when counted.is_counted then coalesce(counted.base_unit, 'none') end as base_unit,
        cast(coalesce(counted.unit_quantity, 1) as decimal(18, 6)) as base_quantity,
        counted.day_quantity,
        counted.week_quantity,
        counted.month_quantity,
        events.currency,
        events.document_amount,
        coalesce(events.reporting_amount, 0) as reporting_amount,
        events.reporting_amount is null as is_unrated,
        case when counted.is_counted then counted.base_quantity end as quantity,
        coalesce(counted.is_counted, false) as is_counted,
        case when counted.is_counted then {{ share('events.document_amount', '1', 'counted.base_quantity') }} end as unit_price,
        counted.delivery_type = 'time' and events.document_amount < 0 and events.valuation_rule <> 'rebate' as is_time_corrected,
        events.legal_entity,
        events.source_system
    from events
    inner join counted on events.event_key = counted.event_key
)

select * from final
