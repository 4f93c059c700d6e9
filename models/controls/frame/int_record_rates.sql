-- One row per record in a foreign currency that counts in a total, with the rate at which it counts there: what an exception about it is worth.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where rate_rule <> 'base'
),

lines as (
    select event_key, source_system, invoice_id from {{ ref('int_invoice_values') }}
),

receipts as (
    select event_key, source_system, payment_id from {{ ref('int_receipt_values') }}
),

named as (
    select events.source_system, events.source_entity as entity, events.source_id as record_id, events.currency, events.event_on, events.exchange_rate
    from events
    union all
    select lines.source_system, 'invoices', lines.invoice_id, events.currency, events.event_on, events.exchange_rate
    from events
    inner join lines on events.event_key = lines.event_key
    union all
    select receipts.source_system, 'payments', receipts.payment_id, events.currency, events.event_on, events.exchange_rate
    from events
    inner join receipts on events.event_key = receipts.event_key
),

-- A record with several events (a placement's start and its rebate) counts at the rate of its first.
final as (
    select
        source_system,
        entity,
        record_id,
        currency,
        min_by(exchange_rate, event_on) as exchange_rate
    from named
    group by source_system, entity, record_id, currency
)

select * from final
