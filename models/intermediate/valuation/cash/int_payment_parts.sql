-- One row per receipt and place where its money went: cash, or what settles without any, with the reason.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

accounts as (
    select * from {{ ref('cnf_accounts') }}
),

bank_transactions as (
    select * from {{ ref('cnf_bank_transactions') }}
),

named as (
    select
        payments.*,
        accounts.account_role as named_role,
        coalesce(payments.account_code, bank_transactions.account_code) as named_account_code,
        case when payments.account_code is not null then 'account' else 'bank_transaction' end as named_rule
    from payments
    left join bank_transactions
        on payments.source_system = bank_transactions.source_system and payments.bank_transaction_id = bank_transactions.bank_transaction_id
    left join accounts
        on
            payments.source_system = accounts.source_system
            and coalesce(payments.account_code, bank_transactions.account_code) = accounts.account_code
),

-- The receivable, and what an account gives rather than takes, is where the money came from.
posted as (
    select
        source_system,
        payment_id,
        account_code,
        account_role,
        amount
    from {{ ref('int_payment_postings') }}
    where amount > 0 and coalesce(account_role, 'cash') <> 'receivable'
),

posted_sums as (
    select
        source_system,
        payment_id,
        sum(case when coalesce(account_role, 'cash') = 'cash' then amount else 0 end) as cash_amount,
        sum(case when coalesce(account_role, 'cash') = 'cash' then 0 else amount end) as other_amount
    from posted
    group by source_system, payment_id
),

-- Its account says where the money went; its journal may say that only part of it got there. Where nobody says anything it is taken for cash.
sized as (
    select
        named.source_system,
        named.payment_id,
        named.direction,
        named.named_account_code,
        named.named_role,
        posted_sums.other_amount,
        abs(named.amount) as amount,
        case
            when coalesce(named.named_role, 'cash') <> 'cash' then named.named_rule
            when named.named_role = 'cash' and coalesce(posted_sums.cash_amount, 0) = 0 then named.named_rule
            when posted_sums.payment_id is not null then 'journal'
            else coalesce(case when named.named_role is not null then named.named_rule end, 'assumed')
        end as part_rule,
        cast(case
            when coalesce(named.named_role, 'cash') <> 'cash' then 0
            when posted_sums.payment_id is null or posted_sums.other_amount = 0 then abs(named.amount)
            when named.named_role = 'cash' and posted_sums.cash_amount = 0 then abs(named.amount)
            else least(abs(named.amount), posted_sums.cash_amount)
        end as decimal(18, 2)) as cash_amount
    from named
    left join posted_sums on named.source_system = posted_sums.source_system and named.payment_id = posted_sums.payment_id
),

others as (
    select
        sized.*,
        posted.account_code,
        posted.account_role,
        sum(posted.amount) over (
            partition by sized.source_system, sized.payment_id
            order by posted.account_code nulls last
            rows between unbounded preceding and current row
        ) as posted_to,
        posted.amount as posted_amount
    from sized
    inner join posted on sized.source_system = posted.source_system and sized.payment_id = posted.payment_id
    where sized.part_rule = 'journal' and coalesce(posted.account_role, 'cash') <> 'cash' and sized.cash_amount < sized.amount
),

parts as (
    select
        source_system, payment_id, direction, part_rule, 'cash' as reason, cast(null as {{ dbt.type_string() }}) as account_code,
        cash_amount as amount
    from sized
    where cash_amount <> 0 or amount = 0
    union all
    select source_system, payment_id, direction, part_rule, {{ settlement_reason('named_role') }}, named_account_code, amount
    from sized
    where part_rule <> 'journal' and cash_amount = 0 and amount <> 0
    union all
    select
        source_system, payment_id, direction, part_rule, {{ settlement_reason('account_role') }}, account_code,
        {{ share('amount - cash_amount', 'posted_to', 'other_amount') }}
        - {{ share('amount - cash_amount', 'posted_to - posted_amount', 'other_amount') }}
    from others
),

final as (
    select
        source_system,
        payment_id,
        reason,
        min(part_rule) as part_rule,
        min(account_code) as account_code,
        cast(sum(cast(direction as decimal(38, 0)) * amount) as decimal(18, 2)) as amount
    from parts
    group by source_system, payment_id, reason
)

select * from final
