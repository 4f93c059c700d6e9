-- One row per rate table (a system's), pair of currencies and day for which it gives a rate: the day's own, else the last one of a few days before.
with quoted as (
    select
        source_system,
        from_currency,
        to_currency,
        rate_on as quoted_on,
        rate
    from {{ ref('cnf_fx_rates') }}
    where rate > 0
),

pairs as (
    select distinct source_system, from_currency, to_currency from quoted
),

-- A central bank quotes one way only. The other way is turned where the table never quotes it, and the row says so.
rates as (
    select quoted.*, false as is_turned from quoted
    union all
    select
        quoted.source_system,
        quoted.to_currency as from_currency,
        quoted.from_currency as to_currency,
        quoted.quoted_on,
        {{ turned_rate('quoted.rate') }} as rate,
        true as is_turned
    from quoted
    left join pairs
        on
            quoted.source_system = pairs.source_system
            and quoted.from_currency = pairs.to_currency
            and quoted.to_currency = pairs.from_currency
    where pairs.source_system is null
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
    window followed as (partition by rates.source_system, rates.from_currency, rates.to_currency order by rates.quoted_on nulls last)
),

daily as (
    select
        source_system,
        from_currency,
        to_currency,
        {{ each_day('quoted_on', 'counts_until') }} as rate_on,
        quoted_on,
        rate,
        is_turned
    from until
),

-- Of several tables one that quotes the pair itself speaks for those who keep none, and of those the latest quotation.
final as (
    select
        source_system,
        from_currency,
        to_currency,
        rate_on,
        quoted_on,
        rate,
        is_turned,
        row_number() over (
            partition by from_currency, to_currency, rate_on
            order by is_turned nulls last, quoted_on desc nulls last, source_system nulls last
        ) = 1 as is_shared
    from daily
)

select * from final
