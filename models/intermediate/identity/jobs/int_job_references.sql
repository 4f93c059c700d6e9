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

customers as (
    select * from {{ ref('int_customer_ids') }}
),

customer_jobs as (
    select * from {{ ref('int_jobs') }}
),

keepers as (
    select distinct legal_entity from jobs
),

documents as (
    select lines.source_system, lines.job_ref, invoices.customer_id
    from {{ ref('cnf_invoice_lines') }} as lines
    inner join {{ ref('cnf_invoices') }} as invoices on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    where lines.job_ref is not null
    union
    select source_system, job_ref, customer_id
    from {{ ref('cnf_journal_lines') }}
    where job_ref is not null and customer_id is not null
),

ledger_codes as (
    select
        documents.source_system,
        documents.job_ref,
        systems.legal_entity,
        {{ cleaned_job_code('documents.job_ref') }} as code,
        min(customers.customer_key) as customer_key
    from documents
    inner join systems on documents.source_system = systems.source_system
    left join customers on documents.source_system = customers.source_system and documents.customer_id = customers.customer_id
    group by documents.source_system, documents.job_ref, systems.legal_entity
    having count(distinct customers.customer_key) = 1 and count(customers.customer_key) = count(*)
),

codes_of_group as (
    select
        ledger_codes.source_system,
        ledger_codes.job_ref,
        ledger_codes.customer_key,
        min(codes.job_key) as job_key
    from ledger_codes
    inner join codes on ledger_codes.code = codes.code
    group by ledger_codes.source_system, ledger_codes.job_ref, ledger_codes.customer_key, ledger_codes.legal_entity
    having sum(codes.job_count) = 1 and min(codes.legal_entity) <> ledger_codes.legal_entity
),

work_codes as (
    {% for entity in ['change_orders', 'costs', 'deliveries', 'job_lines', 'work_orders'] %}
        select source_system, job_id as job_ref from {{ ref('cnf_' ~ entity) }} where job_id is not null
        union
    {% endfor %}
    select source_system, job_ref from {{ ref('cnf_pay_items') }} where job_ref is not null
),

-- Work says so where its company keeps no jobs of its own: one work system serves the group.
of_work as (
    select work_codes.source_system, work_codes.job_ref, {{ cleaned_job_code('work_codes.job_ref') }} as code
    from work_codes
    inner join systems on work_codes.source_system = systems.source_system
    left join keepers on systems.legal_entity = keepers.legal_entity
    where keepers.legal_entity is null
),

group_matches as (
    select codes_of_group.source_system, codes_of_group.job_ref, codes_of_group.job_key
    from codes_of_group
    inner join customer_jobs on codes_of_group.job_key = customer_jobs.job_key and codes_of_group.customer_key = customer_jobs.customer_key
    union
    select of_work.source_system, of_work.job_ref, jobs.job_key
    from of_work
    inner join jobs on trim(of_work.job_ref) = jobs.job_id
    union
    select of_work.source_system, of_work.job_ref, codes.job_key
    from of_work
    inner join codes on of_work.code = codes.code and codes.job_count = 1
),

-- A code that its own company does not know, and that one job of another company of the group has. On documents it
-- counts only where each that names it is of the job's own customer: two companies may count their jobs alike.
of_group as (
    select source_system, job_ref, min(job_key) as job_key
    from group_matches
    group by source_system, job_ref
    having count(distinct job_key) = 1
),

lookups as (
    select
        named.source_system,
        named.job_ref,
        systems.legal_entity,
        named.source_system in (select jobs.source_system from jobs) as has_jobs,
        {{ cleaned_job_code('named.job_ref') }} as code
    from (
        select source_system, job_ref from work_codes
        union
        select source_system, job_ref from {{ ref('cnf_invoice_lines') }} where job_ref is not null
        union
        select source_system, job_ref from {{ ref('cnf_journal_lines') }} where job_ref is not null
    ) as named
    inner join systems on named.source_system = systems.source_system
),

own as (
    select lookups.source_system, lookups.job_ref, jobs.job_key
    from lookups
    inner join jobs on lookups.source_system = jobs.source_system and lookups.job_ref = jobs.job_id
),

-- A system that keeps jobs means its own ids; one that keeps none may name another's of its company, by id or by code.
foreign_ids as (
    select lookups.source_system, lookups.job_ref, jobs.job_key
    from lookups
    inner join jobs on lookups.legal_entity = jobs.legal_entity and trim(lookups.job_ref) = jobs.job_id
    where not lookups.has_jobs
),

matches as (
    select source_system, job_ref, job_key, 'reference' as match_rule, 1 as job_count
    from own
    union all
    select source_system, job_ref, job_key, 'reference_in_company', 1
    from foreign_ids
    union all
    select lookups.source_system, lookups.job_ref, codes.job_key, 'job_code', codes.job_count
    from lookups
    inner join codes on lookups.legal_entity = codes.legal_entity and lookups.code = codes.code
    left join own on lookups.source_system = own.source_system and lookups.job_ref = own.job_ref
    where own.job_key is null
    union all
    select lookups.source_system, lookups.job_ref, codes.last_job_key, 'job_code', codes.job_count
    from lookups
    inner join codes on lookups.legal_entity = codes.legal_entity and lookups.code = codes.code
    left join own on lookups.source_system = own.source_system and lookups.job_ref = own.job_ref
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
    from matches
    group by source_system, job_ref
)

select * from final
