-- One row per job that a record of a system names by id or code in the field meant for it, with the job that is meant.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

jobs as (
    select * from {{ ref('int_job_records') }}
),

codes as (
    select * from {{ ref('int_job_codes') }}
),

of_group as (
    select * from {{ ref('int_group_job_references') }}
),

asked as (
    select
        named.source_system,
        named.job_ref,
        systems.legal_entity,
        named.source_system in (select jobs.source_system from jobs) as has_jobs,
        {{ cleaned_job_code('named.job_ref') }} as code
    from (
        {% for entity in ['change_orders', 'costs', 'deliveries', 'job_lines', 'work_orders'] %}
            select source_system, job_id as job_ref from {{ ref('cnf_' ~ entity) }} where job_id is not null
            union
        {% endfor %}
        {% for entity in ['invoice_lines', 'journal_lines', 'pay_items'] %}
            select source_system, job_ref from {{ ref('cnf_' ~ entity) }} where job_ref is not null
            {% if not loop.last %}union{% endif %}
        {% endfor %}
    ) as named
    inner join systems on named.source_system = systems.source_system
),

own as (
    select asked.source_system, asked.job_ref, jobs.job_key
    from asked
    inner join jobs on asked.source_system = jobs.source_system and asked.job_ref = jobs.job_id
),

-- A system that keeps jobs means its own ids; one that keeps none may name another's of its company, by id or by code.
foreign_ids as (
    select asked.source_system, asked.job_ref, jobs.job_key
    from asked
    inner join jobs on asked.legal_entity = jobs.legal_entity and trim(asked.job_ref) = jobs.job_id
    where not asked.has_jobs
),

found as (
    select source_system, job_ref, job_key, 'reference' as match_rule, 1 as job_count
    from own
    union all
    select source_system, job_ref, job_key, 'reference_in_company', 1
    from foreign_ids
    union all
    select asked.source_system, asked.job_ref, codes.job_key, 'job_code', codes.job_count
    from asked
    inner join codes on asked.legal_entity = codes.legal_entity and asked.code = codes.code
    left join own on asked.source_system = own.source_system and asked.job_ref = own.job_ref
    where own.job_key is null
    union all
    select asked.source_system, asked.job_ref, codes.last_job_key, 'job_code', codes.job_count
    from asked
    inner join codes on asked.legal_entity = codes.legal_entity and asked.code = codes.code
    left join own on asked.source_system = own.source_system and asked.job_ref = own.job_ref
    where own.job_key is null and codes.job_count > 1
    union all
    select of_group.source_system, of_group.job_ref, of_group.job_key, 'job_code_of_group', 1
    from of_group
    left join own on of_group.source_system = own.source_system and of_group.job_ref = own.job_ref
    where own.job_key is null
),

final as (
    select
        source_system,
        job_ref,
        case when count(distinct job_key) = 1 then min(job_key) end as job_key,
        case when count(distinct job_key) = 1 then max(match_rule) else 'several_jobs' end as match_rule,
        case when count(distinct job_key) > 1 then {{ sorted_list('job_key') }} end as candidates
    from found
    group by source_system, job_ref
)

select * from final
