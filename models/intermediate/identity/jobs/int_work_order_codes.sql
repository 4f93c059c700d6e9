-- One row per work order, with its key, its job and its number in the form in which it is compared.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

work_orders as (
    select * from {{ ref('cnf_work_orders') }}
),

jobs as (
    select * from {{ ref('int_job_records') }}
),

final as (
    select
        {{ make_key(['work_orders.source_system', 'work_orders.work_order_id']) }} as work_order_key,
        work_orders.source_system,
        work_orders.work_order_id,
        systems.legal_entity,
        jobs.job_key,
        {{ cleaned_job_code('work_orders.work_order_id') }} as code
    from work_orders
    inner join systems on work_orders.source_system = systems.source_system
    left join jobs on work_orders.source_system = jobs.source_system and work_orders.job_id = jobs.job_id
)

select * from final
