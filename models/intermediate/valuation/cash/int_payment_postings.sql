-- One row per receipt and account of its own journal: what it posted there, in the receipt's currency; positive is where the money went.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

reversals as (
    select * from {{ ref('int_journal_reversals') }}
),

-- What is posted to a receipt on a later day moves it on and is no part of its coming in; of one that was taken back only the first half counts.
lines as (
    select
        payments.source_system,
        payments.payment_id,
        payments.direction,
        payments.amount as received_amount,
        payments.currency,
        payments.base_currency,
        payments.exchange_rate,
        lines.account_code,
        lines.currency as line_currency,
        lines.currency_amount,
        lines.amount as base_amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join payments on lines.source_system = payments.source_system and lines.document_id = payments.payment_id
    left join reversals on lines.source_system = reversals.source_system and lines.journal_id = reversals.journal_id
    where
        lines.document_type in ('receipt', 'payment')
        and (payments.status <> 'reversed' or reversals.journal_id is null)
    qualify rank() over (partition by payments.source_system, payments.payment_id order by lines.posted_on nulls last) = 1
),

translated as (
    select
        *,
        case
            when line_currency = currency and currency_amount is not null then currency_amount
            when currency = base_currency then base_amount
            -- A cent is many of a weak currency: what makes the cents of the whole receipt is the whole receipt.
            when abs(base_amount) = {{ converted('abs(received_amount)', 'exchange_rate') }}
                then cast(sign(base_amount) as decimal(3, 0)) * abs(received_amount)
            else {{ share('base_amount', '1', 'exchange_rate', part_places=12) }}
        end as amount
    from lines
),

summed as (
    select
        source_system,
        payment_id,
        account_code,
        sum(cast(direction as decimal(38, 0)) * amount) as amount
    from translated
    group by source_system, payment_id, account_code
),

final as (
    select
        summed.source_system,
        summed.payment_id,
        summed.account_code,
        accounts.account_role,
        accounts.account_type,
        cast(summed.amount as decimal(18, 2)) as amount
    from summed
    left join {{ ref('cnf_accounts') }} as accounts
        on summed.source_system = accounts.source_system and summed.account_code = accounts.account_code
    where summed.amount <> 0 and coalesce(accounts.account_role, 'other') <> 'exchange_difference'
)

select * from final
