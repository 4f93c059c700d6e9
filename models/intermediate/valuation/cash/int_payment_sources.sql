-- One row per receipt and kind of account that it was posted against: what it pays of the receivable, of deposits, of a sale, or of something else.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

-- What a sale for cash posts to tax is part of the sale.
posted as (
    select
        source_system,
        payment_id,
        case
            when account_role = 'receivable' then 'receivable'
            when account_role = 'customer_deposits' then 'customer_deposits'
            when account_role in ('revenue', 'tax') then 'revenue'
            else 'other'
        end as source,
        min(account_role) as account_role,
        min(account_code) as account_code,
        -sum(amount) as amount
    from {{ ref('int_payment_postings') }}
    where coalesce(account_role, 'other') <> 'cash' and amount < 0
    group by 1, 2, 3
),

-- Tax alone is no sale: it stands for the receivable's tax, or a refund of it.
sales as (
    select source_system, payment_id from {{ ref('int_payment_postings') }}
    where account_role = 'revenue' and amount < 0
),

placed as (
    select
        posted.source_system,
        posted.payment_id,
        case when posted.source = 'revenue' and sales.payment_id is null then 'other' else posted.source end as source,
        posted.account_role,
        posted.account_code,
        posted.amount
    from posted
    left join sales on posted.source_system = sales.source_system and posted.payment_id = sales.payment_id
),

ordered as (
    select
        payments.source_system,
        payments.payment_id,
        payments.direction,
        placed.source,
        placed.account_role,
        placed.account_code,
        abs(payments.amount) as whole_amount,
        placed.amount as posted_amount,
        sum(placed.amount) over (
            partition by placed.source_system, placed.payment_id
            order by
                case placed.source when 'receivable' then 1 when 'customer_deposits' then 2 when 'revenue' then 3 else 4 end nulls last
            rows between unbounded preceding and current row
        ) as posted_to,
        sum(placed.amount) over (partition by placed.source_system, placed.payment_id) as posted_whole
    from payments
    inner join placed on payments.source_system = placed.source_system and payments.payment_id = placed.payment_id
),

-- No more than the receipt: what a journal posts above it, for a fee, is another matter. What it leaves is of the last kind.
final as (
    select
        source_system,
        payment_id,
        source,
        account_role,
        account_code,
        cast(direction * (
            case when posted_to = posted_whole then whole_amount else least(posted_to, whole_amount) end
            - least(posted_to - posted_amount, whole_amount)
        ) as decimal(18, 2)) as amount
    from ordered
    union all
    select
        payments.source_system,
        payments.payment_id,
        'receivable',
        'receivable',
        null,
        payments.amount
    from payments
    left join ordered on payments.source_system = ordered.source_system and payments.payment_id = ordered.payment_id
    where ordered.payment_id is null
)

select * from final
where amount <> 0
