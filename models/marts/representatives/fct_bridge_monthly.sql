-- One row per month, customer, person who is credited, product, gap, gap class and reason in which an amount stands.
with pieces as (
    select * from {{ ref('fct_bridge_attribution') }}
),

-- The two sides of an item stand in the months of their own events.
dated as (
    select from_on as day, customer_key, owner_key, product_key, gap, gap_class, reason, from_amount, 0 as to_amount
    from pieces
    where from_amount <> 0
    union all
    select to_on, customer_key, owner_key, product_key, gap, gap_class, reason, 0, to_amount
    from pieces
    where to_amount <> 0
),

summed as (
    select
        cast({{ dbt.date_trunc('month', 'day') }} as date) as month,
        customer_key,
        owner_key,
        product_key,
        gap,
        gap_class,
        reason,
        cast(sum(from_amount) as decimal(18, 2)) as from_amount,
        cast(sum(to_amount) as decimal(18, 2)) as to_amount
    from dated
    group by cast({{ dbt.date_trunc('month', 'day') }} as date), customer_key, owner_key, product_key, gap, gap_class, reason
),

final as (
    select
        {{ make_key(['month', 'customer_key', 'owner_key', 'product_key', 'gap', 'reason']) }} as bridge_monthly_key,
        customer_key,
        owner_key,
        product_key,
        month,
        gap,
        gap_class,
        reason,
        from_amount,
        to_amount,
        cast(from_amount - to_amount as decimal(18, 2)) as difference_amount
    from summed
)

select * from final
