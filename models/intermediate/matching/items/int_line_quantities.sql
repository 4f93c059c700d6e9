-- One row per standing invoice line for a known job: the quantity that it bills, before its discount, and whether it may bill money alone.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage = 'invoiced' and document_amount > 0 and job_key <> 'unknown'
),

voided as (
    select distinct source_system, source_id as invoice_line_id from {{ ref('fct_stage_events') }}
    where stage = 'invoiced' and valuation_rule = 'voided'
),

corrected as (
    select distinct source_system, corrects_invoice_id as invoice_id from {{ ref('cnf_invoices') }}
    where corrects_invoice_id is not null
),

work_orders_in_text as (
    select event_key from {{ ref('int_line_references') }}
    where rule = 'work_order_in_text'
    group by event_key
    having count(*) = 1
),

final as (
    select
        events.event_key as item_key,
        events.job_key,
        events.product_key,
        events.currency,
        events.event_on,
        events.document_amount,
        events.document_amount + coalesce(records.discount_amount, 0) as list_amount,
        valued.period_starts_on,
        valued.period_ends_on,
        understood.base_unit,
        understood.quantity,
        {{ share('events.document_amount', '1', 'understood.quantity') }} as unit_price,
        coalesce(events.quantity, 1) = 1 or understood.item_key is null as is_money,
        named.item_key is not null or in_text.event_key is not null or events.work_order_key <> 'unknown' as names_work,
        corrected.invoice_id is not null as is_corrected
    from events
    inner join {{ ref('int_invoice_values') }} as valued on events.event_key = valued.event_key
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    left join {{ ref('int_understood_quantities') }} as understood on events.event_key = understood.item_key
    left join {{ ref('int_named_deliveries') }} as named on events.event_key = named.item_key
    left join work_orders_in_text as in_text on events.event_key = in_text.event_key
    left join {{ ref('int_duplicate_invoices') }} as copies
        on valued.source_system = copies.source_system and valued.invoice_id = copies.invoice_id
    left join voided on events.source_system = voided.source_system and events.source_id = voided.invoice_line_id
    left join corrected on valued.source_system = corrected.source_system and valued.invoice_id = corrected.invoice_id
    where copies.invoice_id is null and voided.invoice_line_id is null
)

select * from final
