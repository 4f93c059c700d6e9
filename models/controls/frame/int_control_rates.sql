-- One row per currency and day: its rate to the reporting currency as for any total, else, for what has none, the last one known by then.
with rates as (
    select from_currency as currency, rate_on, rate
    from {{ ref('int_day_rates') }}
    where to_currency = '{{ var("reporting_currency") }}' and is_shared
),

documents as (
    select distinct currency from {{ ref('int_stage_values') }}
    union
    select distinct currency from {{ ref('cnf_deals') }}
    union
    select base_currency from {{ ref('int_source_systems') }}
),

days as (
    select date_on as rate_on from {{ ref('dim_calendar') }}
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
                last_value(rate ignore nulls) over (partition by currency order by rate_on rows between unbounded preceding and current row),
                first_value(rate ignore nulls) over (partition by currency order by rate_on rows between current row and unbounded following)
            )
        end as rate
    from known
    where currency is not null
)

select * from final
