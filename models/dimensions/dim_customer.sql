-- One row per real-world customer, and one for the unknown.
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

records as (
    select
        keys.customer_key,
        keys.position,
        customers.*,
        addresses.domain
    from keys
    inner join {{ ref('cnf_customers') }} as customers
        on keys.source_system = customers.source_system and keys.customer_id = customers.customer_id
    inner join {{ ref('int_customer_records') }} as addresses on keys.record_id = addresses.record_id
),

-- Each column is taken from the record that speaks for the customer, else from the next one that has it.
survivors as (
    select
        customer_key,
        min_by(customer_name, position) as customer_name,
        min_by(legal_name, position) filter (where legal_name is not null) as legal_name,
        min_by(tax_number, position) filter (where tax_number is not null) as tax_number,
        min_by(registration_number, position) filter (where registration_number is not null) as registration_number,
        min_by(domain, position) filter (where domain is not null) as web_domain,
        min_by(email, position) filter (where email is not null) as email,
        min_by(phone, position) filter (where phone is not null) as phone,
        min_by(city, position) filter (where city is not null) as city,
        min_by(region, position) filter (where region is not null) as region,
        min_by(postal_code, position) filter (where postal_code is not null) as postal_code,
        min_by(country, position) filter (where country is not null) as country,
        min(created_at) as created_at,
        count(*) as record_count,
        count(distinct source_system) as system_count,
        {{ sorted_list('source_system') }} as source_systems,
        min_by(source_system, position) as source_system,
        min_by(customer_id, position) as customer_id
    from records
    group by customer_key
),

parents as (
    select
        records.customer_key,
        min_by(parent_keys.customer_key, records.position) as parent_customer_key
    from records
    inner join keys as parent_keys
        on records.source_system = parent_keys.source_system and records.parent_customer_id = parent_keys.customer_id
    where parent_keys.customer_key <> records.customer_key
    group by records.customer_key
),

known as (
    select
        survivors.customer_key,
        parents.parent_customer_key,
        survivors.customer_name,
        survivors.legal_name,
        survivors.tax_number,
        survivors.registration_number,
        survivors.web_domain,
        survivors.email,
        survivors.phone,
        survivors.city,
        survivors.region,
        survivors.postal_code,
        survivors.country,
        survivors.created_at,
        survivors.record_count,
        survivors.system_count,
        survivors.source_systems,
        survivors.source_system,
        survivors.customer_id,
        false as is_unknown
    from survivors
    left join parents on survivors.customer_key = parents.customer_key
),

final as (
    select * from known
    union all
    select 'unknown', null, 'Unknown', null, null, null, null, null, null, null, null, null, null, null, 0, 0, null, null, null, true
)

select * from final
