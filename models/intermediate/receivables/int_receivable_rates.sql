-- One row per sales document and per receipt, with the rate at which its ledger keeps it: reporting currency for one unit of its own.
with documents as (
    select
        rates.source_system,
        case rates.document_kind when 'invoice' then 'invoices' else 'payments' end as document_entity,
        rates.document_id as invoice_id,
        rates.base_rate,
        systems.base_currency,
        coalesce(invoices.issued_on, payments.received_on) as rate_on
    from {{ ref('int_document_rates') }} as rates
    inner join {{ ref('int_source_systems') }} as systems on rates.source_system = systems.source_system
    left join {{ ref('int_invoice_terms') }} as invoices
        on rates.source_system = invoices.source_system and case when rates.document_kind = 'invoice' then rates.document_id end = invoices.invoice_id
    left join {{ ref('int_payment_terms') }} as payments
        on rates.source_system = payments.source_system and case when rates.document_kind = 'receipt' then rates.document_id end = payments.payment_id
),

-- A document is worth what its lines are worth, and a receipt what its cash is: they were converted once, in int_stage_events.
events as (
    select event_key, exchange_rate from {{ ref('int_stage_events') }}
    where stage in ('invoiced', 'credited', 'cash')
),

used as (
    select lines.source_system, 'invoices' as document_entity, lines.invoice_id, max(events.exchange_rate) as exchange_rate
    from {{ ref('int_invoice_values') }} as lines
    inner join events on lines.event_key = events.event_key
    where lines.valuation_rule <> 'voided'
    group by lines.source_system, lines.invoice_id
    union all
    select receipts.source_system, 'payments', receipts.payment_id, max(events.exchange_rate)
    from {{ ref('int_receipt_values') }} as receipts
    inner join events on receipts.event_key = events.event_key
    where receipts.valuation_rule = 'receipt_received'
    group by receipts.source_system, receipts.payment_id
),

reporting as (
    select * from {{ ref('int_reporting_rates') }}
),

final as (
    select
        documents.source_system,
        documents.document_entity,
        documents.invoice_id,
        cast(coalesce(
            used.exchange_rate,
            case
                when documents.base_currency = '{{ var("reporting_currency") }}' then documents.base_rate
                else {{ combined_rate('documents.base_rate', 'reporting.rate') }}
            end
        ) as decimal(28, 12)) as exchange_rate
    from documents
    left join used
        on
            documents.source_system = used.source_system
            and documents.document_entity = used.document_entity
            and documents.invoice_id = used.invoice_id
    left join reporting
        on
            documents.source_system = reporting.source_system
            and documents.base_currency = reporting.currency
            and documents.rate_on = reporting.rate_on
)

select * from final
