-- One row per job and product ordered: net and quantity of its order lines together, for deliveries that name no line of theirs.
with lines as (
    select
        *,
        case when quantity <> 0 then 0 else 1 end as is_rate_only,
        -- A line that takes money off takes no quantity off: it is a discount.
        cast(case when price_amount < 0 and price_quantity > 0 then 0 else price_quantity end as decimal(38, 6)) as counted_quantity
    from {{ ref('int_order_lines') }}
    where job_key <> 'unknown' and price_amount is not null
),

-- A line that is a rate alone speaks where no other does; of units or currencies that have no price in common the larger value.
by_unit as (
    select
        *,
        row_number() over (
            partition by job_key, product_key
            order by
                is_rate_only nulls last,
                abs(price_amount) desc nulls last,
                base_unit nulls last,
                currency nulls last
        ) as position,
        count(*) over (partition by job_key, product_key) as price_count
    from (
        select
            job_key,
            product_key,
            is_rate_only,
            base_unit,
            currency,
            min(unit) as unit,
            min(stated_unit) as stated_unit,
            count(distinct unit) as unit_count,
            sum(price_amount) as price_amount,
            sum(counted_quantity) as unit_total,
            sum({{ in_base_unit('counted_quantity', 'base_quantity') }}) as base_total,
            min(base_quantity) as base_quantity
        from lines
        group by job_key, product_key, is_rate_only, base_unit, currency
    ) as units
),

final as (
    select
        job_key,
        product_key,
        case when price_count = 1 and unit_count = 1 then stated_unit end as stated_unit,
        case when unit_count > 1 then base_unit else unit end as unit,
        base_unit,
        cast(case when unit_count > 1 then 1 else base_quantity end as decimal(38, 6)) as base_quantity,
        currency,
        cast(price_amount as decimal(38, 6)) as price_amount,
        cast(case when unit_count > 1 then base_total else unit_total end as decimal(38, 6)) as price_quantity
    from by_unit
    where position = 1
)

select * from final
