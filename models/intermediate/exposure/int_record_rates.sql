-- One row per record in a foreign currency that counts in a total, with the rate at which it counts there: what an exception about it is worth.
with events as (
    select * from {{ ref('int_stage_events') }}
    where rate_rule <> 'base' and exchange_rate is not null
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
        exchange_rate
    from named
    qualify row_number() over (
        partition by source_system, entity, record_id, currency
        order by
            case when exchange_rate is null then 1 else 0 end nulls last,
            event_on nulls last,
            exchange_rate nulls last
    ) = 1
)

select * from final
