-- One row per cash event that has a reporting amount, with the receipt, the application and the line that it moves.
with events as (
    select * from {{ ref('int_stage_events') }}
    where stage = 'cash' and reporting_amount is not null
),

{% set nothing = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
moved as (
    select
        event_key, payment_id, {{ nothing }} as application_id, {{ nothing }} as invoice_line_id, {{ nothing }} as line_key,
        {{ nothing }} as line_role, false as is_sale
    from {{ ref('int_receipt_values') }}
    where left_out_reason is null
    union all
    select event_key, payment_id, source_id, invoice_line_id, line_key, line_role, false from {{ ref('int_applied_cash_values') }}
    union all
    select event_key, payment_id, null, null, null, null, true from {{ ref('int_cash_sale_values') }}
),

final as (
    select
        events.event_key as item_key,
        moved.payment_id,
        moved.application_id,
        moved.invoice_line_id,
        moved.line_key,
        moved.line_role,
        moved.is_sale,
        events.valuation_rule,
        events.currency,
        events.exchange_rate,
        events.document_amount,
        events.reporting_amount,
        events.source_system
    from events
    inner join moved on events.event_key = moved.event_key
)

select * from final
