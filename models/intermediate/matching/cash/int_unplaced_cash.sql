-- One row per cash event on no line of a document, or part of one, with what the money is for: what its receipt was posted against.
with cash as (
    select * from {{ ref('int_cash_items') }}
    where invoice_line_id is null
),

receipts as (
    select source_system, payment_id, item_key from cash
    where valuation_rule = 'receipt_received'
),

-- What gives a receipt back names the receipt.
given_back as (
    select
        applications.source_system,
        applications.payment_id,
        min(receipts.item_key) as item_key
    from {{ ref('int_applied_cash') }} as applications
    inner join receipts on applications.source_system = receipts.source_system and applications.invoice_id = receipts.payment_id
    where applications.left_out_reason = 'receipt_given_back'
    group by applications.source_system, applications.payment_id
),

sources as (
    select
        source_system,
        payment_id,
        case source
            when 'receivable' then 'unapplied_cash'
            when 'revenue' then 'sold_for_cash'
            when 'customer_deposits' then case when amount > 0 then 'deposit_taken' else 'deposit_applied' end
            else {{ settlement_reason('account_role') }}
        end as reason,
        amount,
        sum(amount) over (
            partition by source_system, payment_id
            order by
                case source when 'receivable' then 1 when 'customer_deposits' then 2 when 'revenue' then 3 else 4 end nulls last
            rows between unbounded preceding and current row
        ) as ends_at,
        sum(amount) over (partition by source_system, payment_id) as whole_amount,
        row_number() over (
            partition by source_system, payment_id
            order by
                case source when 'receivable' then 1 when 'customer_deposits' then 2 when 'revenue' then 3 else 4 end nulls last
        ) as place
    from {{ ref('int_payment_sources') }}
),

placed as (
    select *, 'receipt' as taken_by from sources
    union all
    select *, 'application' from sources
    where place = 1
),

-- A receipt is what it was posted against, part by part; what an application takes from it is of its first part.
final as (
    select
        cash.item_key,
        coalesce(given_back.item_key, nullif(receipts.item_key, cash.item_key)) as related_key,
        case when cash.is_sale then 'sold_for_cash' else coalesce(sources.reason, 'unapplied_cash') end as reason,
        case
            when cash.is_sale or cash.application_id is not null or sources.payment_id is null then cash.reporting_amount
            else
                {{ share('cash.reporting_amount', 'sources.ends_at', 'sources.whole_amount') }}
                - {{ share('cash.reporting_amount', 'sources.ends_at - sources.amount', 'sources.whole_amount') }}
        end as amount
    from cash
    left join receipts on cash.source_system = receipts.source_system and cash.payment_id = receipts.payment_id
    left join given_back on cash.source_system = given_back.source_system and cash.payment_id = given_back.payment_id
    left join placed as sources
        on
            cash.source_system = sources.source_system
            and case when not cash.is_sale then cash.payment_id end = sources.payment_id
            and case when cash.application_id is null then 'receipt' else 'application' end = sources.taken_by
)

select * from final
