-- One row per month, customer, person who is credited, and product category in which something happened.
with events as (
    select
        *,
        row_number() over (partition by event_key order by share_bp desc nulls last, owner_key nulls last) = 1 as is_counted
    from {{ ref('fct_attribution') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

dated as (
    select
        cast({{ dbt.date_trunc('month', 'events.event_on') }} as date) as month_on,
        events.customer_key,
        events.owner_key,
        coalesce(products.product_category, 'unknown') as product_category,
        events.stage,
        events.reporting_amount,
        events.is_counted
    from events
    left join products on events.product_key = products.product_key
),

summed as (
    select
        month_on,
        customer_key,
        owner_key,
        product_category,
        {% for stage in ['booked', 'change_order', 'delivered', 'invoiced', 'credited', 'recognised', 'cash'] %}
            coalesce(sum(reporting_amount) filter (where stage = '{{ stage }}'), 0) as {{ stage }}_amount,
        {% endfor %}
        -- Once an event, with who is credited for most of it, so that counts add up over persons.
        count(*) filter (where reporting_amount is null and is_counted) as rate_missing_count
    from dated
    group by month_on, customer_key, owner_key, product_category
),

final as (
    select
        {{ make_key(['month_on', 'customer_key', 'owner_key', 'product_category']) }} as quote_to_cash_monthly_key,
        customer_key,
        owner_key,
        month_on as month,
        product_category,
        cast(booked_amount as decimal(18, 2)) as booked_amount,
        cast(change_order_amount as decimal(18, 2)) as change_orders_amount,
        cast(booked_amount + change_order_amount as decimal(18, 2)) as contracted_amount,
        cast(delivered_amount as decimal(18, 2)) as delivered_amount,
        cast(invoiced_amount as decimal(18, 2)) as invoiced_amount,
        cast(credited_amount as decimal(18, 2)) as credited_amount,
        cast(recognised_amount as decimal(18, 2)) as recognised_amount,
        cast(cash_amount as decimal(18, 2)) as cash_amount,
        cast(rate_missing_count as integer) as rate_missing_count
    from summed
)

select * from final
