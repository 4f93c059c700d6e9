-- One row per invoice line, cost and pay item that names a delivery or a work order by its number, with the job of what
-- it names.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

jobs as (
    select * from {{ ref('int_job_records') }}
),

work_orders as (
    select * from {{ ref('int_work_order_codes') }}
    where job_key is not null
),

deliveries as (
    select
        cnf_deliveries.source_system,
        cnf_deliveries.delivery_id,
        jobs.legal_entity,
        jobs.job_key
    from {{ ref('cnf_deliveries') }} as cnf_deliveries
    inner join jobs on cnf_deliveries.source_system = jobs.source_system and cnf_deliveries.job_id = jobs.job_id
),

named as (
    select source_system, 'invoice_lines' as source_entity, invoice_line_id as source_id, delivery_id, work_order_ref
    from {{ ref('cnf_invoice_lines') }}
    where delivery_id is not null or work_order_ref is not null
    union all
    select source_system, 'costs', cost_id, delivery_id, null
    from {{ ref('cnf_costs') }}
    where delivery_id is not null and job_id is null
    union all
    select source_system, 'pay_items', pay_item_id, delivery_id, null
    from {{ ref('cnf_pay_items') }}
    where delivery_id is not null
),

lookups as (
    select
        named.*,
        systems.legal_entity,
        {{ cleaned_job_code('named.work_order_ref') }} as work_order_code,
        named.source_system in (select deliveries.source_system from deliveries) as has_deliveries,
        systems.legal_entity in (select deliveries.legal_entity from deliveries) as is_of_deliverer
    from named
    inner join systems on named.source_system = systems.source_system
),

-- A system that keeps deliveries means its own; one that keeps none means another's of its company, else of its group.
matches as (
    select lookups.source_system, lookups.source_entity, lookups.source_id, 'delivery' as match_rule, deliveries.job_key
    from lookups
    inner join deliveries
        on
            lookups.delivery_id = deliveries.delivery_id
            and (lookups.legal_entity = deliveries.legal_entity or not lookups.is_of_deliverer)
            and (lookups.source_system = deliveries.source_system or not lookups.has_deliveries)
    union all
    select lookups.source_system, lookups.source_entity, lookups.source_id, 'work_order', work_orders.job_key
    from lookups
    inner join work_orders on lookups.legal_entity = work_orders.legal_entity and lookups.work_order_code = work_orders.code
),

-- The delivery is the finer evidence; a number that two jobs use says nothing.
final as (
    select
        source_system,
        source_entity,
        source_id,
        min(job_key) as job_key,
        match_rule
    from matches
    group by source_system, source_entity, source_id, match_rule
    having count(distinct job_key) = 1
    qualify row_number() over (
        partition by source_system, source_entity, source_id
        order by match_rule asc nulls last
    ) = 1
)

select * from final
