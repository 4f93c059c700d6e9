-- One row per cash event that has a reporting amount, with the receipt, the application and the line that it moves.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage = 'cash' and reporting_amount is not null
),

moved as (
    select event_key, payment_id, cast(null as {{ dbt.type_string() }}) as application_id, cast(null as {{ dbt.type_string() }}) as invoice_line_id
    from {{ ref('int_receipt_values') }}
    union all
    select event_key, payment_id, source_id, invoice_line_id from {{ ref('int_applied_cash_values') }}
),

final as (
    select
        events.event_key as item_key,
        moved.payment_id,
        moved.application_id,
        moved.invoice_line_id,
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
