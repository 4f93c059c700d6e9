-- One row per system, foreign currency and day on which something leads from that currency to the reporting currency; a day without is no row.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_day_rates') }}
    where from_currency <> '{{ var("reporting_currency") }}'
),

-- What a currency is worth in the reporting currency, and in the base currency of each ledger.
wanted as (
    select source_system, base_currency, base_currency as to_currency from systems
    union
    select source_system, base_currency, '{{ var("reporting_currency") }}' from systems
),

offered as (
    select
        wanted.source_system, wanted.base_currency, rates.from_currency as currency, rates.to_currency,
        rates.rate_on, rates.quoted_on, rates.rate, rates.is_turned, 1 as distance
    from wanted
    inner join rates on wanted.source_system = rates.source_system and wanted.to_currency = rates.to_currency
    union all
    select
        wanted.source_system, wanted.base_currency, rates.from_currency, rates.to_currency,
        rates.rate_on, rates.quoted_on, rates.rate, rates.is_turned, 2
    from wanted
    inner join rates on wanted.to_currency = rates.to_currency
    where rates.is_shared
),

-- A system's own rates count before anybody else's.
quoted as (
    select * from offered
    qualify row_number() over (partition by source_system, currency, to_currency, rate_on order by distance nulls last) = 1
),

straight as (
    select * from quoted
    where to_currency = '{{ var("reporting_currency") }}'
),

-- A pair that nobody quotes goes through the ledger's base currency, as its documents do.
steps as (
    select
        quoted.*,
        bases.rate as base_rate,
        bases.quoted_on as base_quoted_on
    from quoted
    inner join straight as bases
        on quoted.source_system = bases.source_system and quoted.base_currency = bases.currency and quoted.rate_on = bases.rate_on
    left join straight
        on quoted.source_system = straight.source_system and quoted.currency = straight.currency and quoted.rate_on = straight.rate_on
    where quoted.to_currency <> '{{ var("reporting_currency") }}' and straight.source_system is null
),

final as (
    select
        source_system,
        currency,
        rate_on,
        cast(rate as decimal(28, 12)) as rate,
        cast(null as decimal(28, 12)) as step_rate,
        quoted_on,
        is_turned
    from straight
    union all
    select
        source_system,
        currency,
        rate_on,
        {{ combined_rate('rate', 'base_rate') }},
        cast(rate as decimal(28, 12)),
        least(quoted_on, base_quoted_on),
        false
    from steps
)

select * from final
