-- One row per job, work order, delivery, cost and pay item, with its job.
with refs as (
    select * from {{ ref('int_job_references') }}
),

links as (
    select * from {{ ref('int_document_links') }}
),

named as (
    select source_system, 'work_orders' as source_entity, work_order_id as source_id, job_id as job_ref from {{ ref('cnf_work_orders') }}
    union all
    select source_system, 'deliveries', delivery_id, job_id from {{ ref('cnf_deliveries') }}
    union all
    select source_system, 'costs', cost_id, job_id from {{ ref('cnf_costs') }}
    union all
    select source_system, 'pay_items', pay_item_id, job_ref from {{ ref('cnf_pay_items') }}
),

final as (
    select
        source_system,
        'jobs' as source_entity,
        job_id as source_id,
        job_key,
        'own_record' as match_rule,
        cast(null as {{ dbt.type_string() }}) as candidates
    from {{ ref('int_jobs') }}
    where not is_placeholder
    union all
    select
        named.source_system,
        named.source_entity,
        named.source_id,
        coalesce(refs.job_key, links.job_key),
        case when refs.job_key is null and links.job_key is not null then links.match_rule else refs.match_rule end,
        case when refs.job_key is null and links.job_key is null then refs.candidates end
    from named
    left join refs on named.source_system = refs.source_system and named.job_ref = refs.job_ref
    left join links
        on
            named.source_system = links.source_system
            and named.source_entity = links.source_entity
            and named.source_id = links.source_id
)

select * from final
