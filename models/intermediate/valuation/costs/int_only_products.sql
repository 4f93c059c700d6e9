-- One row per job of which one product alone was sold.
with sold as (
    {% for model in ['int_booked_values', 'int_placement_bookings', 'int_change_order_values'] %}
        select job_key, product_key from {{ ref(model) }}
        where left_out_reason is null and event_on <= {{ as_of() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        job_key,
        min(product_key) as product_key
    from sold
    where job_key <> 'unknown'
    group by job_key
    having count(distinct product_key) = 1 and min(product_key) <> 'unknown'
)

select * from final
