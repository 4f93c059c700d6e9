-- One row per work order, and one for the unknown.
with work_orders as (
    select * from {{ ref('cnf_work_orders') }}
),

keys as (
    select * from {{ ref('int_work_order_codes') }}
),

jobs as (
    select * from {{ ref('int_jobs') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity <> 'product_codes'
),

known as (
    select
        keys.work_order_key,
        coalesce(jobs.job_key, 'unknown') as job_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(products.product_key, 'unknown') as product_key,
        work_orders.scheduled_on,
        work_orders.completed_on,
        work_orders.accepted_on,
        work_orders.phase,
        work_orders.status,
        work_orders.planned_hours,
        keys.legal_entity,
        work_orders.source_system,
        work_orders.work_order_id,
        false as is_unknown
    from work_orders
    inner join keys on work_orders.source_system = keys.source_system and work_orders.work_order_id = keys.work_order_id
    left join jobs on keys.job_key = jobs.job_key
    left join products on work_orders.source_system = products.source_system and work_orders.product_id = products.source_id
),

final as (
    select * from known
    union all
    select 'unknown', 'unknown', 'unknown', 'unknown', null, null, null, null, 'unknown', null, 'unknown', null, null, true
)

select * from final
