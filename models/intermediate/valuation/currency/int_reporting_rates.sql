-- One row per system, currency and day for which an event needs the rate to the reporting currency; a day without a rate has none, never 1.
with events as (
    select * from {{ ref('int_stage_values') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_day_rates') }}
    where to_currency = '{{ var("reporting_currency") }}'
),

shared_rates as (
    select * from rates
    where is_shared
),

needs as (
    select source_system, currency, rate_on from events
    union
    select events.source_system, systems.base_currency, events.rate_on
    from events
    inner join systems on events.source_system = systems.source_system
    where events.document_rate is not null
),

-- A system's own rates count before anybody else's.
final as (
    select
        needs.source_system,
        needs.currency,
        needs.rate_on,
        case
            when needs.currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(28, 12))
            else coalesce(own_rates.rate, shared_rates.rate)
        end as rate,
        case
            when needs.currency = '{{ var("reporting_currency") }}' then needs.rate_on
            when own_rates.rate is not null then own_rates.quoted_on
            else shared_rates.quoted_on
        end as quoted_on
    from needs
    left join rates as own_rates
        on
            needs.source_system = own_rates.source_system
            and needs.currency = own_rates.from_currency
            and needs.rate_on = own_rates.rate_on
    left join shared_rates on needs.currency = shared_rates.from_currency and needs.rate_on = shared_rates.rate_on
)

select * from final
