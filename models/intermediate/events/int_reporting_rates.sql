-- One row per system, currency and day for which an event or a receivable needs the rate to the reporting currency; without a rate none, never 1.
with events as (
    select * from {{ ref('int_stage_values') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_day_rates') }}
),

-- A bill of retention alone, or a deposit, is no event and is owed all the same.
days as (
    select source_system, rate_on from events
    union
    select source_system, issued_on from {{ ref('int_invoice_terms') }}
    union
    select source_system, received_on from {{ ref('int_payment_terms') }}
),

needs as (
    select source_system, currency, rate_on from events
    union
    select days.source_system, systems.base_currency, days.rate_on
    from days
    inner join systems on days.source_system = systems.source_system
),

-- What a currency is worth in the reporting currency, and in the base currency of its ledger.
targets as (
    select needs.*, systems.base_currency, '{{ var("reporting_currency") }}' as to_currency from needs
    inner join systems on needs.source_system = systems.source_system
    union all
    select needs.*, systems.base_currency, systems.base_currency as to_currency from needs
    inner join systems on needs.source_system = systems.source_system
    where systems.base_currency <> '{{ var("reporting_currency") }}'
),

-- A system's own rates count before anybody else's.
quoted as (
    select
        targets.*,
        coalesce(own_rates.rate, shared_rates.rate) as rate,
        coalesce(own_rates.quoted_on, shared_rates.quoted_on) as quoted_on,
        case when own_rates.rate is not null then own_rates.is_turned else shared_rates.is_turned end as is_turned
    from targets
    left join rates as own_rates
        on
            targets.source_system = own_rates.source_system
            and targets.currency = own_rates.from_currency
            and targets.to_currency = own_rates.to_currency
            and targets.rate_on = own_rates.rate_on
    left join rates as shared_rates
        on
            targets.currency = shared_rates.from_currency
            and targets.to_currency = shared_rates.to_currency
            and targets.rate_on = shared_rates.rate_on
            and shared_rates.is_shared
),

straight as (
    select * from quoted
    where to_currency = '{{ var("reporting_currency") }}'
),

steps as (
    select * from quoted
    where to_currency <> '{{ var("reporting_currency") }}' and currency <> base_currency
),

-- A pair that nobody quotes goes through the ledger's base currency, as its documents do.
final as (
    select
        straight.source_system,
        straight.currency,
        straight.rate_on,
        case
            when straight.currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(28, 12))
            else coalesce(straight.rate, {{ combined_rate('steps.rate', 'bases.rate') }})
        end as rate,
        case when straight.rate is null and straight.currency <> '{{ var("reporting_currency") }}' then steps.rate end as step_rate,
        case
            when straight.currency = '{{ var("reporting_currency") }}' then straight.rate_on
            when straight.rate is not null then straight.quoted_on
            when steps.rate is not null and bases.rate is not null then least(steps.quoted_on, bases.quoted_on)
        end as quoted_on,
        coalesce(straight.is_turned, false) as is_turned
    from straight
    left join steps
        on
            straight.source_system = steps.source_system
            and straight.currency = steps.currency
            and straight.rate_on = steps.rate_on
    left join straight as bases
        on
            straight.source_system = bases.source_system
            and straight.base_currency = bases.currency
            and straight.rate_on = bases.rate_on
)

select * from final
