-- One row per rate table (a system's), pair of currencies and day for which it gives a rate: the day's own, else the last one of a few days before.
with rates as (
    select
        source_system,
        from_currency,
        to_currency,
        rate_on as quoted_on,
        rate
    from {{ ref('cnf_fx_rates') }}
    where rate > 0
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

-- Weekends and holidays take the last rate before them, as policy allows, never a later one.
until as (
    select
        rates.*,
        least(
            coalesce(
                {{ plus_days('lead(rates.quoted_on) over followed', -1) }},
                {{ plus_days('rates.quoted_on', 'settings.rate_lookback_days') }}
            ),
            {{ plus_days('rates.quoted_on', 'settings.rate_lookback_days') }}
        ) as counts_until
    from rates
    cross join settings
    window followed as (partition by rates.source_system, rates.from_currency, rates.to_currency order by rates.quoted_on)
),

daily as (
    select
        source_system,
        from_currency,
        to_currency,
        {{ each_day('quoted_on', 'counts_until') }} as rate_on,
        quoted_on,
        rate
    from until
),

-- Of several tables the one with the latest quotation speaks for those who keep none.
final as (
    select
        source_system,
        from_currency,
        to_currency,
        rate_on,
        quoted_on,
        rate,
        row_number() over (partition by from_currency, to_currency, rate_on order by quoted_on desc, source_system) = 1 as is_shared
    from daily
)

select * from final
