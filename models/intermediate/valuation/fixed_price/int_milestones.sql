-- One row per milestone of a fixed-price job that nobody rejected, with the product whose line it proves ('any' where it names none that was sold).
with deliveries as (
    select * from {{ ref('int_delivery_subjects') }}
    where job_type = 'fixed_price' and delivery_type = 'milestone' and status <> 'rejected' and is_billable
),

lines as (
    select * from {{ ref('int_fixed_price_lines') }}
),

only_products as (
    select * from lines
    where is_only_product
),

final as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.job_key,
        coalesce(lines.product_key, only_products.product_key, 'any') as line_product_key,
        deliveries.delivered_on,
        deliveries.quantity,
        deliveries.value_amount
    from deliveries
    left join lines on deliveries.job_key = lines.job_key and deliveries.product_key = lines.product_key
    left join only_products on deliveries.job_key = only_products.job_key
)

select * from final
