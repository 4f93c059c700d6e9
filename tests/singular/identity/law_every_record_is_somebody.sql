-- Each record of the conformed entities is in its cross-reference exactly once, and nothing else claims to be one.
{{ config(severity='error', tags=['law']) }}

with counted as (
    select 'customers' as entity, count(*) as record_count, 0 as key_count from {{ ref('cnf_customers') }}
    union all
    select 'customers', 0, count(*) from {{ ref('xref_customer') }} where source_entity = 'customers'
    union all
    select 'products', count(*), 0 from {{ ref('cnf_products') }}
    union all
    select 'products', 0, count(*) from {{ ref('xref_product') }} where source_entity = 'products'
    union all
    select 'people', count(*), 0 from {{ ref('cnf_people') }}
    union all
    select 'people', 0, count(*) from {{ ref('xref_person') }} where source_entity = 'people'
    {% for entity in [
        'jobs', 'deals', 'deal_lines', 'contracts', 'change_orders', 'work_orders', 'deliveries', 'costs', 'pay_items', 'invoice_lines',
    ] %}
        union all
        select '{{ entity }}', count(*), 0 from {{ ref('cnf_' ~ entity) }}
    {% endfor %}
    union all
    select source_entity, 0, count(*) from {{ ref('xref_job') }} where source_entity <> 'journal_lines' group by source_entity
)

select
    entity,
    sum(record_count) as record_count,
    sum(key_count) as key_count
from counted
group by entity
having sum(record_count) <> sum(key_count)
