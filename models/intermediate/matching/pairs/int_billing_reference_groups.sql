-- One row per delivery and invoice line with evidence of what it answers: the delivery named, the work order named, or the period billed.
with open_deliveries as (
    {{ open_deliveries() }}
),

open_lines as (
    {{ open_billing() }}
),

deliveries as (
    select * from open_deliveries
    where document_amount > 0 or is_counted
),

lines as (
    select * from open_lines
    where (document_amount > 0 or is_counted) and not is_copy and not is_top_up
),

-- A line that names a delivery is about that one, and about no other of its work order or period, though nothing of it is left to be billed.
naming as (
    select
        *,
        delivery_key is not null as names_delivery
    from lines
),

named as (
    select
        deliveries.*,
        deliveries.item_key in (select naming.delivery_key from naming where naming.names_delivery) as is_named
    from deliveries
),

work_orders as (
    select work_order_key from naming
    where not names_delivery and work_order_key is not null
    intersect
    select work_order_key from named
    where not is_named and work_order_key is not null
),

-- A work order's line answers the work of its product, where both know it.
work_order_products as (
    select work_order_key, product_key from naming
    where not names_delivery and product_key <> 'unknown'
    intersect
    select work_order_key, product_key from named
    where not is_named
),

-- Of lines that name neither; periods that begin together are one, as long as the longest.
periods as (
    select
        job_key,
        product_key,
        currency,
        period_starts_on,
        max(period_ends_on) as period_ends_on
    from naming
    where
        not names_delivery and not exists (select 1 from work_orders where naming.work_order_key = work_orders.work_order_key)
        and job_key is not null and period_ends_on >= period_starts_on
    group by job_key, product_key, currency, period_starts_on
),

-- The period that begins last on or before the day of a delivery, found by going along the days.
days as (
    select job_key, product_key, currency, event_on as day, item_key, cast(null as date) as period_starts_on
    from named
    where
        not is_named
        and not exists (select 1 from work_orders where named.work_order_key = work_orders.work_order_key)
        and exists (
            select 1 from periods
            where named.job_key = periods.job_key and named.product_key = periods.product_key and named.currency = periods.currency
        )
    union all
    select job_key, product_key, currency, period_starts_on as day, null, period_starts_on from periods
),

begun as (
    select
        *,
        max(period_starts_on) over (
            partition by job_key, product_key, currency
            order by day nulls last, case when item_key is null then 0 else 1 end nulls last
            range between unbounded preceding and current row
        ) as last_starts_on
    from days
),

in_period as (
    select
        begun.item_key,
        begun.last_starts_on as period_starts_on
    from begun
    inner join periods
        on
            begun.job_key = periods.job_key
            and begun.product_key = periods.product_key
            and begun.currency = periods.currency
            and begun.last_starts_on = periods.period_starts_on
    where begun.item_key is not null and begun.day <= periods.period_ends_on
),

placed as (
    select
        'from' as side,
        named.item_key,
        named.is_counted,
        named.base_unit,
        named.currency,
        case
            when named.is_named then 'delivery_reference|' || named.item_key
            when work_orders.work_order_key is not null
                then 'work_order_reference|' || named.work_order_key || coalesce('|' || work_order_products.product_key, '')
            else 'billing_period|' || named.job_key || named.product_key || named.currency || in_period.period_starts_on
        end as reference_key
    from named
    left join work_orders on named.work_order_key = work_orders.work_order_key
    left join work_order_products
        on named.work_order_key = work_order_products.work_order_key and named.product_key = work_order_products.product_key
    left join in_period on named.item_key = in_period.item_key
    where named.is_named or work_orders.work_order_key is not null or in_period.item_key is not null
    union all
    select
        'to',
        naming.item_key,
        naming.is_counted,
        naming.base_unit,
        naming.currency,
        case
            when naming.names_delivery then 'delivery_reference|' || naming.delivery_key
            when work_orders.work_order_key is not null
                then 'work_order_reference|' || naming.work_order_key || coalesce('|' || work_order_products.product_key, '')
            when naming.period_ends_on >= naming.period_starts_on
                then 'billing_period|' || naming.job_key || naming.product_key || naming.currency || naming.period_starts_on
        end
    from naming
    left join work_orders on naming.work_order_key = work_orders.work_order_key
    left join work_order_products
        on naming.work_order_key = work_order_products.work_order_key and naming.product_key = work_order_products.product_key
),

-- What may be measured together: quantities of one unit, else amounts of one currency, else reporting amounts.
measures as (
    select
        reference_key,
        case
            when min(case when is_counted then 1 else 0 end) = 1 and count(distinct base_unit) = 1 then 'quantity'
            when count(distinct currency) = 1 then 'document'
            else 'reporting'
        end as measured_by
    from placed
    where reference_key is not null
    group by reference_key
    having count(distinct side) = 2
),

final as (
    select
        placed.item_key,
        placed.side,
        placed.reference_key,
        {{ dbt.split_part('placed.reference_key', "'|'", 1) }} as match_rule,
        measures.measured_by
    from placed
    inner join measures on placed.reference_key = measures.reference_key
)

select * from final
