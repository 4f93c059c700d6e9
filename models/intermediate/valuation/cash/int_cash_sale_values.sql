-- One row per movement of a sale for cash: off the unknown job, onto what the receipt's own journal sells, and back where it was reversed.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

sales as (
    select
        source_system,
        payment_id,
        sum(amount) as amount
    from {{ ref('int_payment_sources') }}
    where source = 'revenue'
    group by source_system, payment_id
),

-- The money of a sale is shared over what its journal posts, net and tax.
lines as (
    select
        payments.source_system,
        payments.payment_id,
        lines.journal_line_id,
        lines.posted_on,
        accounts.account_role,
        -cast(payments.direction as decimal(38, 0)) * lines.amount as posted_amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join payments on lines.source_system = payments.source_system and lines.document_id = payments.payment_id
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join {{ ref('int_journal_reversals') }} as reversals
        on lines.source_system = reversals.source_system and lines.journal_id = reversals.journal_id
    where
        accounts.account_role in ('revenue', 'tax') and lines.document_type in ('receipt', 'payment')
        and (payments.status <> 'reversed' or reversals.journal_id is null)
    qualify rank() over (
        partition by payments.source_system, payments.payment_id
        order by lines.posted_on nulls last
    ) = 1
),

laid as (
    select
        lines.*,
        sales.amount,
        sum(lines.posted_amount) over (
            partition by lines.source_system, lines.payment_id
            order by
                case lines.account_role when 'revenue' then 1 else 2 end nulls last,
                lines.journal_line_id nulls last
            rows between unbounded preceding and current row
        ) as posted_to,
        sum(lines.posted_amount) over (partition by lines.source_system, lines.payment_id) as posted_whole
    from lines
    inner join sales on lines.source_system = sales.source_system and lines.payment_id = sales.payment_id
),

-- The tax of a sale stays beside its first line.
shares as (
    select
        source_system,
        payment_id,
        journal_line_id,
        account_role,
        {{ share('amount', 'posted_to', 'posted_whole') }} - {{ share('amount', 'posted_to - posted_amount', 'posted_whole') }} as amount
    from laid
),

tax as (
    select
        source_system, payment_id, sum(case when account_role = 'tax' then amount else 0 end) as tax_amount,
        min(case when account_role = 'revenue' then journal_line_id end) as journal_line_id
    from shares
    group by source_system, payment_id
),

movements as (
    select source_system, payment_id, cast(null as {{ dbt.type_string() }}) as journal_line_id, -sum(amount) as document_amount, 0 as tax_amount
    from shares
    group by source_system, payment_id
    union all
    select shares.source_system, shares.payment_id, shares.journal_line_id, shares.amount, coalesce(tax.tax_amount, 0)
    from shares
    left join tax on shares.source_system = tax.source_system and shares.journal_line_id = tax.journal_line_id
    where shares.account_role = 'revenue'
),

turns as (
    select source_system, payment_id, 'sold' as turn, 1 as sign, received_on as event_on from payments
    union all
    select source_system, payment_id, 'reversed' as turn, -1 as sign, reversed_on as event_on from payments
    where reversed_on is not null
),

recognised as (
    select * from {{ ref('int_recognised_values') }}
),

final as (
    select
        {{ make_key(["'cash'", 'movements.source_system', "'cash_sales'", 'movements.payment_id', 'movements.journal_line_id', 'turns.turn']) }}
            as event_key,
        'cash' as stage,
        coalesce(recognised.deal_key, 'unknown') as deal_key,
        coalesce(recognised.contract_key, 'unknown') as contract_key,
        coalesce(recognised.job_key, 'unknown') as job_key,
        coalesce(recognised.work_order_key, 'unknown') as work_order_key,
        coalesce(recognised.product_key, 'unknown') as product_key,
        coalesce(nullif(recognised.customer_key, 'unknown'), payments.customer_key) as customer_key,
        coalesce(recognised.person_key, 'unknown') as person_key,
        turns.event_on,
        payments.received_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        payments.currency,
        turns.sign * movements.document_amount as document_amount,
        turns.sign * movements.tax_amount as tax_amount,
        payments.exchange_rate as document_rate,
        case when movements.journal_line_id is null then 'cash_sale_' else 'share_of_sale_' end || turns.turn as valuation_rule,
        coalesce(recognised.job_match_rule, 'not_applied') as job_match_rule,
        cast(null as {{ dbt.type_string() }}) as left_out_reason,
        movements.payment_id,
        movements.source_system,
        'payments' as source_entity,
        movements.payment_id as source_id,
        payments.load_id
    from movements
    inner join payments on movements.source_system = payments.source_system and movements.payment_id = payments.payment_id
    inner join turns on movements.source_system = turns.source_system and movements.payment_id = turns.payment_id
    left join recognised on movements.source_system = recognised.source_system and movements.journal_line_id = recognised.source_id
)

select * from final
