-- One row per job and product, with whether the work itself names it or only the deal it was sold in.
with jobs as (
    select * from {{ ref('int_jobs') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity <> 'product_codes'
),

named as (
    select jobs.job_key, lines.source_system, lines.product_id, false as is_in_work
    from {{ ref('cnf_deal_lines') }} as lines
    inner join jobs on {{ make_key(['lines.source_system', 'lines.deal_id']) }} = jobs.deal_key
    union
    select jobs.job_key, work_orders.source_system, work_orders.product_id, true
    from {{ ref('cnf_work_orders') }} as work_orders
    inner join jobs on work_orders.source_system = jobs.source_system and work_orders.job_id = jobs.job_id
    union
    select jobs.job_key, order_lines.source_system, order_lines.product_id, true
    from {{ ref('cnf_job_lines') }} as order_lines
    inner join jobs on order_lines.source_system = jobs.source_system and order_lines.job_id = jobs.job_id
    union
    select jobs.job_key, deliveries.source_system, deliveries.product_id, true
    from {{ ref('cnf_deliveries') }} as deliveries
    inner join jobs on deliveries.source_system = jobs.source_system and deliveries.job_id = jobs.job_id
),

final as (
    select
        named.job_key,
        products.product_key,
        max(case when named.is_in_work then 1 else 0 end) = 1 as is_in_work
    from named
    inner join products on named.source_system = products.source_system and named.product_id = products.source_id
    where products.product_key <> 'unknown'
    group by named.job_key, products.product_key
)

select * from final
