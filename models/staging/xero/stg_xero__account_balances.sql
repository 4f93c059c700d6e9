-- One row per account and period end: the balance since the beginning, out of Xero's own trial balance.
-- Xero's year-to-date of revenue and expenses begins anew each financial year, when it stands in retained earnings instead. Since the
-- beginning means: an earning account's months added up, and retained earnings without what Xero moved there by itself.
with trial_balance_rows as (
    {{ raw_latest('xero', 'trial_balance_rows') }}
),

trial_balances as (
    {{ raw_latest('xero', 'trial_balances') }}
),

accounts as (
    select
        chart.account_id,
        coalesce({{ given('chart.code') }}, chart.account_id) as account_code,
        chart.class in ('REVENUE', 'EXPENSE') as is_earning,
        coalesce(chart.system_account, '') = 'RETAINEDEARNINGS' as is_retained_earnings
    from ({{ raw_latest('xero', 'accounts') }}) as chart
),

first_shown as (
    select
        account_id,
        min(report_on) as first_on
    from trial_balance_rows
    group by account_id
),

-- The report leaves out accounts with nothing to show, so each account has a row from its first report on.
spine as (
    select
        trial_balances.report_on,
        trial_balances._load_id,
        trial_balances._landed_at,
        first_shown.account_id,
        accounts.account_code,
        coalesce(accounts.is_earning, false) as is_earning,
        coalesce(accounts.is_retained_earnings, false) as is_retained_earnings
    from trial_balances
    inner join first_shown on trial_balances.report_on >= first_shown.first_on
    left join accounts on first_shown.account_id = accounts.account_id
),

moved as (
    select
        spine.*,
        coalesce(trial_balance_rows.account_code, spine.account_id) as shown_code,
        coalesce(trial_balance_rows.debit - trial_balance_rows.credit, 0) as movement,
        coalesce(trial_balance_rows.ytd_debit - trial_balance_rows.ytd_credit, 0) as year_to_date
    from spine
    left join trial_balance_rows on spine.report_on = trial_balance_rows.report_on and spine.account_id = trial_balance_rows.account_id
),

since_ever as (
    select
        moved.*,
        sum(moved.movement)
            over (
                partition by moved.account_id
                order by moved.report_on nulls last
                rows between unbounded preceding and current row
            )
            as months
    from moved
),

earned_before as (
    select
        since_ever.*,
        sum(case when since_ever.is_earning then since_ever.months - since_ever.year_to_date else 0 end)
            over (partition by since_ever.report_on)
            as earlier_years
    from since_ever
),

renamed as (
    select
        coalesce(account_code, shown_code) as account_code,
        report_on as balance_on,
        cast(case
            when is_earning then months
            when is_retained_earnings then year_to_date - earlier_years
            else year_to_date
        end as decimal(18, 2)) as balance,
        cast(movement as decimal(18, 2)) as period_movement,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from earned_before
)

select * from renamed
