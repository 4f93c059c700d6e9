-- One row per ledger, contract (job, where it has none) and month in which it moved or stood at something, with its position at the month's end.
with movements as (
    select * from {{ ref('int_income_movements') }}
),

running as (
    select
        *,
        sum(recognised_amount - invoiced_amount) over month_by_month as closing_amount,
        sum(ledger_accrued_amount) over month_by_month as accrued_balance,
        sum(ledger_deferred_amount) over month_by_month as deferred_balance,
        lead(month_on) over (partition by source_system, subject_key order by month_on nulls last) as next_month_on
    from movements
    window month_by_month as (partition by source_system, subject_key order by month_on nulls last rows between unbounded preceding and current row)
),

-- What stands at nothing needs no row until it moves again.
standing as (
    select
        source_system,
        subject_key,
        contract_key,
        job_key,
        closing_amount,
        accrued_balance,
        deferred_balance,
        {{ each_step(
            dbt.dateadd('month', 1, 'month_on'),
            "coalesce(" ~ dbt.dateadd('month', -1, 'next_month_on') ~ ", " ~ dbt.date_trunc('month', as_of()) ~ ")",
            'interval 1 month',
        ) }} as month_on
    from running
    where closing_amount <> 0 or accrued_balance <> 0 or deferred_balance <> 0
),

months as (
    select
        source_system, subject_key, contract_key, job_key, month_on, recognised_amount, invoiced_amount,
        closing_amount, accrued_balance, deferred_balance
    from running
    union all
    select
        source_system, subject_key, contract_key, job_key, month_on, 0, 0, closing_amount, accrued_balance, deferred_balance
    from standing
),

final as (
    select
        source_system,
        subject_key,
        contract_key,
        job_key,
        month_on,
        cast({{ dbt.last_day('month_on', 'month') }} as date) as month_ends_on,
        cast(closing_amount - recognised_amount + invoiced_amount as decimal(18, 2)) as opening_amount,
        cast(recognised_amount as decimal(18, 2)) as recognised_amount,
        cast(invoiced_amount as decimal(18, 2)) as invoiced_amount,
        cast(closing_amount as decimal(18, 2)) as closing_amount,
        cast(case when subject_key = 'unknown' then 0 else greatest(closing_amount, 0) end as decimal(18, 2)) as accrued_amount,
        cast(case when subject_key = 'unknown' then 0 else greatest(-closing_amount, 0) end as decimal(18, 2)) as deferred_amount,
        cast(accrued_balance as decimal(18, 2)) as ledger_accrued_amount,
        cast(deferred_balance as decimal(18, 2)) as ledger_deferred_amount
    from months
)

select * from final
