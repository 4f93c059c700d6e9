-- One row per sales document and per receipt, with the rate at which its ledger keeps it: base currency for one unit of its own.
with documents as (
    select source_system, 'invoice' as document_kind, invoice_id as document_id, currency, exchange_rate, issued_on as rate_on
    from {{ ref('cnf_invoices') }}
    union all
    select source_system, 'receipt', payment_id, currency, exchange_rate, received_on
    from {{ ref('cnf_payments') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_day_rates') }}
),

shared_rates as (
    select * from rates
    where is_shared
),

-- The rate the document carries, else the table's for its day, as for its events.
final as (
    select
        documents.source_system,
        documents.document_kind,
        documents.document_id,
        case
            when documents.currency = systems.base_currency then 1
            when documents.exchange_rate > 0 then documents.exchange_rate
            else coalesce(own_rates.rate, shared_rates.rate)
        end as base_rate
    from documents
    inner join systems on documents.source_system = systems.source_system
    left join rates as own_rates
        on
            documents.source_system = own_rates.source_system
            and documents.currency = own_rates.from_currency
            and systems.base_currency = own_rates.to_currency
            and documents.rate_on = own_rates.rate_on
    left join shared_rates
        on
            documents.currency = shared_rates.from_currency
            and systems.base_currency = shared_rates.to_currency
            and documents.rate_on = shared_rates.rate_on
)

select * from final
