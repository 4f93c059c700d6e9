-- One row per line of a posted invoice or credit note, and per void of one, with what it can be matched by; without a rate it is worth 0.
with events as (
    select * from {{ ref('int_stage_events') }}
    where stage in ('invoiced', 'credited')
),

-- Of a voided line, and of what takes something back, what has no rate takes part in nothing.
voided as (
    select distinct source_system, source_id as invoice_line_id from events
    where valuation_rule = 'voided'
),

lines as (
    select
        events.event_key as item_key,
        nullif(events.job_key, 'unknown') as job_key,
        events.product_key,
        nullif(events.work_order_key, 'unknown') as stated_work_order_key,
        events.event_on,
        events.stage,
        events.valuation_rule = 'voided' as is_void,
        events.currency,
        events.document_amount,
        coalesce(events.reporting_amount, 0) as reporting_amount,
        events.reporting_amount is null as is_unrated,
        valued.invoice_id,
        valued.invoice_line_id,
        coalesce(records.discount_amount, 0) as discount_amount,
        valued.period_starts_on,
        valued.period_ends_on,
        invoices.corrects_invoice_id,
        invoices.credit_reason as stated_credit_reason,
        copies.invoice_id is not null as is_copy,
        events.legal_entity,
        events.source_system
    from events
    inner join {{ ref('int_invoice_values') }} as valued on events.event_key = valued.event_key
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    inner join {{ ref('cnf_invoices') }} as invoices
        on valued.source_system = invoices.source_system and valued.invoice_id = invoices.invoice_id
    left join {{ ref('int_duplicate_invoices') }} as copies
        on valued.source_system = copies.source_system and valued.invoice_id = copies.invoice_id
    left join voided on events.source_system = voided.source_system and events.source_id = voided.invoice_line_id
    where events.reporting_amount is not null or (events.document_amount > 0 and voided.invoice_line_id is null)
),

-- The work order that a line names in its text alone; of several, none.
work_orders_in_text as (
    select
        event_key as item_key,
        min(work_order_key) as work_order_key
    from {{ ref('int_line_references') }}
    where rule = 'work_order_in_text'
    group by event_key
    having count(*) = 1
),

returned as (
    select event_key from {{ ref('int_delivery_values') }}
    where document_amount < 0
),

placed as (
    select
        lines.*,
        -- A negative line that names what came back credits it, on whatever bill it stands.
        case when lines.document_amount < 0 and returned.event_key is not null then 'return' else lines.stated_credit_reason end as credit_reason,
        coalesce(lines.stated_work_order_key, case when lines.stage = 'invoiced' then in_text.work_order_key end) as work_order_key,
        named.delivery_key,
        top_ups.item_key is not null as is_top_up
    from lines
    left join work_orders_in_text as in_text on lines.item_key = in_text.item_key
    left join {{ ref('int_named_deliveries') }} as named on lines.item_key = named.item_key
    left join returned on named.delivery_key = returned.event_key
    left join {{ ref('int_top_up_lines') }} as top_ups on lines.item_key = top_ups.item_key
),

-- What makes up a rate bills no quantity, whatever stands on it.
final as (
    select
        placed.*,
        understood.item_key is not null as is_counted,
        understood.base_unit,
        understood.quantity,
        {{ share('placed.document_amount', '1', 'understood.quantity') }} as unit_price
    from placed
    left join {{ ref('int_understood_quantities') }} as understood
        on case when not placed.is_top_up then placed.item_key end = understood.item_key
)

select * from final
