-- One row per source system that any record names, listed in the seed or not.
with listed as (
    select * from {{ ref('source_systems') }}
),

seen as (
    {% for entity in [
        'customers', 'people', 'products', 'price_list_entries', 'deals', 'contracts', 'jobs', 'job_lines', 'deliveries', 'costs',
        'invoices', 'payments', 'accounts', 'journal_lines', 'fx_rates', 'periods',
    ] %}
        select distinct source_system from {{ ref('cnf_' ~ entity) }}
        union
    {% endfor %}
    select source_system from listed
),

-- Systems that nobody listed are taken as one company's, so that a first folder of files needs no seed.
final as (
    select
        seen.source_system,
        coalesce(listed.legal_entity, 'unlisted') as legal_entity,
        coalesce(listed.base_currency, '{{ var("reporting_currency") }}') as base_currency,
        coalesce(listed.time_zone, '{{ var("time_zone") }}') as time_zone,
        listed.source_system is not null as is_listed,
        seen.source_system in (select source_system from {{ ref('cnf_deals') }}) as is_crm,
        seen.source_system in (select source_system from {{ ref('cnf_jobs') }}) as is_operations,
        seen.source_system in (select source_system from {{ ref('cnf_invoices') }}) as is_finance
    from seen
    left join listed on seen.source_system = listed.source_system
)

select * from final
