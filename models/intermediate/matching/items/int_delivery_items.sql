-- One row per delivery that counts, with what it can be matched by; without a rate it is worth 0.
with work as (
    select * from {{ ref('int_delivery_work') }}
),

events as (
    select * from {{ ref('int_stage_events') }}
    where stage = 'delivered'
),

final as (
    select
        work.item_key,
        work.job_key,
        work.product_key,
        work.work_order_key,
        work.person_key,
        work.event_on,
        work.delivery_id,
        work.delivery_type,
        work.change_order_id,
        work.valuation_rule,
        work.source_unit,
        work.base_unit,
        work.base_quantity,
        work.day_quantity,
        work.week_quantity,
        work.month_quantity,
        work.currency,
        work.document_amount,
        coalesce(events.reporting_amount, 0) as reporting_amount,
        events.reporting_amount is null as is_unrated,
        work.quantity,
        work.is_counted,
        work.unit_price,
        work.is_time_corrected,
        events.legal_entity,
        work.source_system
    from work
    inner join events on work.item_key = events.event_key
)

select * from final
