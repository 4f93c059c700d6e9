-- One row per currency and day: its rate to the reporting currency as for any total, else, for what has none, the last one known by then.
with shared as (
    select * from {{ ref('int_day_rates') }}
    where is_shared
),

bases as (
    select distinct base_currency from {{ ref('int_source_systems') }}
),

straight as (
    select from_currency as currency, rate_on, rate from shared
    where to_currency = '{{ var("reporting_currency") }}'
),

-- A pair that nobody quotes goes through a ledger's base currency; one that somebody does is not asked for twice.
chained as (
    select
        steps.from_currency as currency,
        steps.rate_on,
        {{ combined_rate('steps.rate', 'onward.rate') }} as rate
    from shared as steps
    inner join bases on steps.to_currency = bases.base_currency
    inner join straight as onward on bases.base_currency = onward.currency and steps.rate_on = onward.rate_on
    qualify row_number() over (
        partition by steps.from_currency, steps.rate_on
        order by bases.base_currency nulls last
    ) = 1
),

rates as (
    select
        coalesce(straight.currency, chained.currency) as currency,
        coalesce(straight.rate_on, chained.rate_on) as rate_on,
        coalesce(straight.rate, chained.rate) as rate
    from straight
    full join chained on straight.currency = chained.currency and straight.rate_on = chained.rate_on
),

documents as (
    select distinct currency from {{ ref('int_stage_values') }}
    union
    select distinct currency from {{ ref('cnf_deals') }}
    union
    select base_currency from {{ ref('int_source_systems') }}
),

days as (
    select date_on as rate_on from {{ ref('int_calendar') }}
),

known as (
    select
        documents.currency,
        days.rate_on,
        max(rates.rate) as rate
    from documents
    cross join days
    left join rates on documents.currency = rates.currency and days.rate_on = rates.rate_on
    group by documents.currency, days.rate_on
),

-- A day before the first rate takes the first.
final as (
    select
        currency,
        rate_on,
        case
            when currency = '{{ var("reporting_currency") }}' then cast(1 as decimal(28, 12))
            else coalesce(
                {{ last_known('rate', 'currency', 'rate_on') }},
                {{ next_known('rate', 'currency', 'rate_on') }}
            )
        end as rate
    from known
    where currency is not null
)

select * from final
