-- One row per job code that a ledger names and its own company does not know, and that one job of another company of the group has,
-- with that job. A document's only where each that names it is of the job's own customer: two companies may count their jobs alike.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

codes as (
    select * from {{ ref('int_job_codes') }}
),

customers as (
    select * from {{ ref('xref_customer') }}
),

jobs as (
    select * from {{ ref('int_jobs') }}
),

records as (
    select * from {{ ref('int_job_records') }}
),

keepers as (
    select distinct legal_entity from records
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

asked as (
    select
        documents.source_system,
        documents.job_ref,
        systems.legal_entity,
        {{ cleaned_job_code('documents.job_ref') }} as code,
        min(customers.customer_key) as customer_key
    from documents
    inner join systems on documents.source_system = systems.source_system
    left join customers on documents.source_system = customers.source_system and documents.customer_id = customers.source_id
    group by documents.source_system, documents.job_ref, systems.legal_entity
    having count(distinct customers.customer_key) = 1 and count(customers.customer_key) = count(*)
),

elsewhere as (
    select
        asked.source_system,
        asked.job_ref,
        asked.customer_key,
        min(codes.job_key) as job_key
    from asked
    inner join codes on asked.code = codes.code
    group by asked.source_system, asked.job_ref, asked.customer_key, asked.legal_entity
    having sum(codes.job_count) = 1 and min(codes.legal_entity) <> asked.legal_entity
),

-- Its work says so where the company keeps no jobs of its own: one work system serves the group.
named as (
    {% for entity in ['change_orders', 'costs', 'deliveries', 'job_lines', 'work_orders'] %}
        select source_system, job_id as job_ref from {{ ref('cnf_' ~ entity) }} where job_id is not null
        union
    {% endfor %}
    select source_system, job_ref from {{ ref('cnf_pay_items') }} where job_ref is not null
),

of_work as (
    select named.source_system, named.job_ref, {{ cleaned_job_code('named.job_ref') }} as code
    from named
    inner join systems on named.source_system = systems.source_system
    left join keepers on systems.legal_entity = keepers.legal_entity
    where keepers.legal_entity is null
),

found as (
    select elsewhere.source_system, elsewhere.job_ref, elsewhere.job_key
    from elsewhere
    inner join jobs on elsewhere.job_key = jobs.job_key and elsewhere.customer_key = jobs.customer_key
    union
    select of_work.source_system, of_work.job_ref, records.job_key
    from of_work
    inner join records on trim(of_work.job_ref) = records.job_id
    union
    select of_work.source_system, of_work.job_ref, codes.job_key
    from of_work
    inner join codes on of_work.code = codes.code and codes.job_count = 1
),

final as (
    select source_system, job_ref, min(job_key) as job_key
    from found
    group by source_system, job_ref
    having count(distinct job_key) = 1
)

select * from final
