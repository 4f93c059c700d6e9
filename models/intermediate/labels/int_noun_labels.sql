-- One row per customer, person, product, deal, contract, job and work order of a system: what people call it.
with names as (
    select source_system, 'customers' as entity, customer_id as record_id, customer_name as label
    from {{ ref('cnf_customers') }}
    union all
    select source_system, 'people', person_id, full_name from {{ ref('cnf_people') }}
    union all
    select source_system, 'products', product_id, coalesce(product_name, product_code) from {{ ref('cnf_products') }}
    union all
    select source_system, 'deals', deal_id, deal_name from {{ ref('cnf_deals') }}
),

-- Contracts, jobs and work orders have no name: a code that people use, else whose they are and since when.
customers as (
    select source_system, record_id as customer_id, label from names
    where entity = 'customers'
),

contracts as (
    select
        contracts.source_system,
        'contracts' as entity,
        contracts.contract_id as record_id,
        coalesce(
            'contract ' || {{ readable_id('contracts.contract_id') }},
            'contract of ' || customers.label || coalesce(' from ' || {{ day_in_words('contracts.starts_on') }}, '')
        ) as label
    from {{ ref('cnf_contracts') }} as contracts
    left join customers on contracts.source_system = customers.source_system and contracts.customer_id = customers.customer_id
),

jobs as (
    select
        jobs.source_system,
        'jobs' as entity,
        jobs.job_id as record_id,
        coalesce(
            nullif(trim(jobs.job_ref), ''), {{ readable_id('jobs.job_id') }}, deals.label, customers.label,
            {{ day_in_words('coalesce(jobs.started_on, jobs.planned_start_on)') }}
        ) as label
    from {{ ref('cnf_jobs') }} as jobs
    left join customers on jobs.source_system = customers.source_system and jobs.customer_id = customers.customer_id
    left join names as deals on jobs.source_system = deals.source_system and jobs.deal_id = deals.record_id and deals.entity = 'deals'
),

work_orders as (
    select
        work_orders.source_system,
        'work_orders' as entity,
        work_orders.work_order_id as record_id,
        coalesce(
            'work order ' || {{ readable_id('work_orders.work_order_id') }},
            'work order of ' || coalesce(jobs.label, 'no job') || coalesce(
                ' on ' || {{ day_in_words('coalesce(work_orders.completed_on, work_orders.scheduled_on)') }}, ''
            )
        ) as label
    from {{ ref('cnf_work_orders') }} as work_orders
    left join jobs on work_orders.source_system = jobs.source_system and work_orders.job_id = jobs.record_id
),

labels as (
    select * from names
    union all
    select * from contracts
    union all
    select * from jobs
    union all
    select * from work_orders
),

-- A record that has no name, no code and no company to be called by keeps its id.
final as (
    select source_system, entity, record_id, coalesce(nullif(trim(label), ''), record_id) as label
    from labels
)

select * from final
