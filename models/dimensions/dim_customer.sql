-- One row per real-world customer, and one for the unknown.
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

customers as (
    select * from {{ ref('cnf_customers') }}
),

-- What wins by the policy of each attribute (seed customer_survivorship); fct_customer_values has what lost to it.
survivors as (
    select * from {{ ref('int_customer_values') }}
    where value_rank = 1
),

values_of as (
    select
        customer_key,
        {% for attribute in ['customer_name', 'legal_name', 'tax_number', 'registration_number', 'web_domain', 'email', 'phone', 'country'] %}
            max(case when attribute = '{{ attribute }}' then attribute_value end) as {{ attribute }},
        {% endfor %}
        max(case when attribute = 'owner' then value_key end) as owner_key,
        max(case when attribute = 'parent' then value_key end) as parent_customer_key
    from survivors
    group by customer_key
),

-- An address is taken whole, from one record.
addresses as (
    select
        survivors.customer_key,
        customers.address_line,
        customers.city,
        customers.region,
        customers.postal_code
    from survivors
    inner join customers on survivors.source_system = customers.source_system and survivors.customer_id = customers.customer_id
    where survivors.attribute = 'address'
),

counted as (
    select
        keys.customer_key,
        min(customers.created_at) as created_at,
        count(*) as record_count,
        count(distinct keys.source_system) as system_count,
        {{ sorted_list('keys.source_system') }} as source_systems,
        min_by(keys.source_system, keys.position) as source_system,
        min_by(keys.customer_id, keys.position) as customer_id
    from keys
    inner join customers on keys.source_system = customers.source_system and keys.customer_id = customers.customer_id
    group by keys.customer_key
),

known as (
    select
        counted.customer_key,
        values_of.parent_customer_key,
        coalesce(values_of.owner_key, 'unknown') as owner_key,
        coalesce(values_of.customer_name, counted.customer_id) as customer_name,
        values_of.legal_name,
        values_of.tax_number,
        values_of.registration_number,
        values_of.web_domain,
        values_of.email,
        values_of.phone,
        addresses.address_line,
        addresses.city,
        addresses.region,
        addresses.postal_code,
        values_of.country,
        counted.created_at,
        counted.record_count,
        counted.system_count,
        counted.source_systems,
        counted.source_system,
        counted.customer_id,
        false as is_unknown
    from counted
    left join values_of on counted.customer_key = values_of.customer_key
    left join addresses on counted.customer_key = addresses.customer_key
),

final as (
    select * from known
    union all
    select
        'unknown', null, 'unknown', 'Unknown', null, null, null, null, null, null, null, null, null, null, null, null,
        0, 0, null, null, null, true
)

select * from final
