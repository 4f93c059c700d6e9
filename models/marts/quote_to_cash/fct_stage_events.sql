-- One row per thing that happened: a booking, change order, delivery, invoice or credit line, revenue posting, movement of cash, or cost.
with valued as (
    select * from {{ ref('int_stage_values') }}
),

rates as (
    select * from {{ ref('int_reporting_rates') }}
),

-- The rate the document carries leads to its ledger's base currency and from there, on the event's day, to the reporting currency.
-- The products keep all their decimals, so that document amount × exchange rate, to the cent, is the reporting amount.
rated as (
    select
        valued.*,
        systems.legal_entity,
        case
            when valued.document_rate > 0 and valued.currency not in (systems.base_currency, '{{ var("reporting_currency") }}')
                then cast(valued.document_rate as decimal(38, 6)) * cast(base_rates.rate as decimal(38, 6))
            else cast(own_rates.rate as decimal(38, 12))
        end as rate
    from valued
    inner join {{ ref('int_source_systems') }} as systems on valued.source_system = systems.source_system
    left join rates as own_rates
        on
            valued.source_system = own_rates.source_system
            and valued.currency = own_rates.currency
            and valued.rate_on = own_rates.rate_on
    left join rates as base_rates
        on
            valued.source_system = base_rates.source_system
            and systems.base_currency = base_rates.currency
            and valued.rate_on = base_rates.rate_on
),

final as (
    select
        rated.event_key,
        rated.stage,
        rated.deal_key,
        rated.contract_key,
        rated.job_key,
        rated.work_order_key,
        rated.product_key,
        rated.customer_key,
        coalesce(terms.owner_key, 'unknown') as owner_key,
        rated.person_key,
        rated.event_on,
        rated.quantity,
        rated.unit,
        rated.currency,
        rated.document_amount,
        rated.tax_amount,
        cast(rated.rate as decimal(28, 12)) as exchange_rate,
        {{ converted('rated.document_amount', 'rated.rate') }} as reporting_amount,
        rated.legal_entity,
        rated.source_system,
        rated.source_entity,
        rated.source_id,
        rated.load_id,
        rated.valuation_rule
    from rated
    left join {{ ref('int_job_terms') }} as terms on rated.job_key = terms.job_key
)

select * from final
