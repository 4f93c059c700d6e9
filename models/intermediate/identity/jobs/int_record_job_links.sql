-- One row per deal, deal line, contract, change order, job, work order, delivery, cost and pay item, with the job that a person or a rule gives it.
with refs as (
    select * from {{ ref('int_job_references') }}
),

document_links as (
    select * from {{ ref('int_document_links') }}
),

sales as (
    select * from {{ ref('int_sales_job_links') }}
),

decisions as (
    select * from {{ ref('int_job_decisions') }}
),

named as (
    select source_system, 'work_orders' as source_entity, work_order_id as source_id, job_id as job_ref from {{ ref('cnf_work_orders') }}
    union all
    select source_system, 'deliveries', delivery_id, job_id from {{ ref('cnf_deliveries') }}
    union all
    select source_system, 'costs', cost_id, job_id from {{ ref('cnf_costs') }}
    union all
    select source_system, 'pay_items', pay_item_id, job_ref from {{ ref('cnf_pay_items') }}
    union all
    select source_system, 'change_orders', change_order_id, job_id from {{ ref('cnf_change_orders') }}
),

links as (
    select source_system, source_entity, source_id, job_key, match_rule, candidates
    from sales
    where source_entity <> 'change_orders'
    union all
    select source_system, 'jobs', job_id, job_key, 'own_record', cast(null as {{ dbt.type_string() }})
    from {{ ref('int_jobs') }}
    where not is_placeholder
    union all
    -- What names a job belongs there; a change order that names only its deal, to the deal's only job.
    select
        named.source_system,
        named.source_entity,
        named.source_id,
        coalesce(refs.job_key, document_links.job_key, sales.job_key),
        case
            when refs.job_key is not null then refs.match_rule
            when document_links.job_key is not null then document_links.match_rule
            else coalesce(sales.match_rule, refs.match_rule)
        end,
        case when refs.job_key is null and document_links.job_key is null then coalesce(sales.candidates, refs.candidates) end
    from named
    left join refs on named.source_system = refs.source_system and named.job_ref = refs.job_ref
    left join document_links
        on
            named.source_system = document_links.source_system
            and named.source_entity = document_links.source_entity
            and named.source_id = document_links.source_id
    left join sales
        on
            named.source_system = sales.source_system
            and named.source_entity = sales.source_entity
            and named.source_id = sales.source_id
),

final as (
    select
        links.source_system,
        links.source_entity,
        links.source_id,
        case
            when decisions.source_id is not null then decisions.job_key
            else coalesce(links.job_key, 'unknown')
        end as job_key,
        case when decisions.source_id is not null then 'decision' else coalesce(links.match_rule, 'no_job') end as match_rule,
        case when decisions.source_id is null and links.job_key is null then links.candidates end as candidates,
        decisions.decided_by,
        decisions.decided_on
    from links
    left join decisions
        on
            links.source_system = decisions.source_system
            and links.source_entity = decisions.source_entity
            and links.source_id = decisions.source_id
)

select * from final
