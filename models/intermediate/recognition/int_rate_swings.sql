-- One row per pair of a foreign and a ledger's currency and month: by how much the rate moves what stands open, in the month and the next.
with pairs as (
    select distinct
        foreign_currency as currency,
        base_currency
    from {{ ref('int_recognition_months') }}
),

months as (
    select
        pairs.currency,
        pairs.base_currency,
        cast({{ dbt.date_trunc('month', 'rates.rate_on') }} as date) as month_on,
        min(cast(rates.rate / base_rates.rate as decimal(28, 12))) as least_rate,
        max(cast(rates.rate / base_rates.rate as decimal(28, 12))) as largest_rate
    from pairs
    inner join {{ ref('int_control_rates') }} as rates on pairs.currency = rates.currency
    inner join {{ ref('int_control_rates') }} as base_rates
        on pairs.base_currency = base_rates.currency and rates.rate_on = base_rates.rate_on
    group by pairs.currency, pairs.base_currency, cast({{ dbt.date_trunc('month', 'rates.rate_on') }} as date)
),

final as (
    select
        currency,
        base_currency,
        month_on,
        cast(
            greatest(largest_rate, lead(largest_rate, 1, largest_rate) over following)
            / least(least_rate, lead(least_rate, 1, least_rate) over following) - 1 as decimal(18, 6)
        ) as swing
    from months
    window following as (partition by currency, base_currency order by month_on nulls last)
)

select * from final
