-- One row per account and day for which the ledger gave a balance: the sum of its journal lines up to then beside the ledger's own figure.
with balances as (
    select * from {{ ref('cnf_account_balances') }}
    where balance_on <= {{ as_of() }}
),

days as (
    select distinct source_system, balance_on from balances
),

daily as (
    select
        source_system,
        account_code,
        posted_on,
        sum(amount) as amount
    from {{ ref('cnf_journal_lines') }}
    group by source_system, account_code, posted_on
),

posted as (
    select
        daily.source_system,
        daily.account_code,
        days.balance_on,
        sum(daily.amount) as amount
    from daily
    inner join days on daily.source_system = days.source_system and daily.posted_on <= days.balance_on
    group by daily.source_system, daily.account_code, days.balance_on
),

-- An account without a balance of that day stands at nothing.
final as (
    select
        coalesce(posted.source_system, balances.source_system) as source_system,
        coalesce(posted.account_code, balances.account_code) as account_code,
        coalesce(posted.balance_on, balances.balance_on) as balance_on,
        cast(coalesce(posted.amount, 0) as decimal(18, 2)) as our_amount,
        coalesce(balances.balance, 0) as ledger_amount
    from posted
    full outer join balances
        on
            posted.source_system = balances.source_system
            and posted.account_code = balances.account_code
            and posted.balance_on = balances.balance_on
)

select * from final
