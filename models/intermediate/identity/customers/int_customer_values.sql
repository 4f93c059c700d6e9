-- One row per customer record and attribute that it says something of, the value that counts for its customer first.
{%- set plain = ['customer_name', 'legal_name', 'tax_number', 'registration_number', 'email', 'phone', 'country'] %}
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

customers as (
    select * from {{ ref('cnf_customers') }}
),

domains as (
    select * from {{ ref('int_customer_records') }}
    where domain is not null
),

-- A person goes by the name of the record that speaks for them.
person_names as (
    select
        person_keys.person_key,
        min_by(people.full_name, person_keys.position) as full_name
    from {{ ref('int_person_keys') }} as person_keys
    inner join {{ ref('cnf_people') }} as people
        on person_keys.source_system = people.source_system and person_keys.person_id = people.person_id
    group by person_keys.person_key
),

people as (
    select
        xref_person.source_system,
        xref_person.source_id,
        xref_person.person_key,
        person_names.full_name
    from {{ ref('xref_person') }} as xref_person
    inner join person_names on xref_person.person_key = person_names.person_key
),

ranks as (
    select * from {{ ref('int_customer_survivorship') }}
),

-- A record's owner is the one who owns its newest deal: systems that sell keep owners with their deals.
owners as (
    select
        deals.source_system,
        deals.customer_id,
        people.full_name,
        people.person_key as owner_key
    from {{ ref('cnf_deals') }} as deals
    inner join people on deals.source_system = people.source_system and deals.owner_id = people.source_id
    where deals.created_on <= {{ as_of() }}
    qualify row_number() over (
        partition by deals.source_system, deals.customer_id
        order by deals.created_on desc nulls last, deals.deal_id desc nulls last
    ) = 1
),

record_values as (
    {% for attribute in plain %}
        select
            source_system,
            customer_id,
            '{{ attribute }}' as attribute,
            {{ attribute }} as attribute_value,
            cast(null as {{ dbt.type_string() }}) as value_key
        from customers
        where trim({{ attribute }}) <> ''
        union all
    {% endfor %}
    -- An address is one thing: a street of one system with another's postal code is nowhere.
    select
        source_system,
        customer_id,
        'address',
        concat_ws(', ', address_line, nullif(concat_ws(' ', postal_code, city), ''), region),
        cast(null as {{ dbt.type_string() }})
    from customers
    where coalesce(address_line, postal_code, city) is not null
    union all
    select source_system, customer_id, 'web_domain', domain, cast(null as {{ dbt.type_string() }})
    from domains
    union all
    select source_system, customer_id, 'owner', full_name, owner_key
    from owners
    union all
    select customers.source_system, customers.customer_id, 'parent', parents.customer_name, parent_keys.customer_key
    from customers
    inner join keys on customers.source_system = keys.source_system and customers.customer_id = keys.customer_id
    inner join keys as parent_keys
        on customers.source_system = parent_keys.source_system and customers.parent_customer_id = parent_keys.customer_id
    inner join customers as parents
        on parent_keys.source_system = parents.source_system and parent_keys.customer_id = parents.customer_id
    -- A record whose parent is the same customer says nothing.
    where parent_keys.customer_key <> keys.customer_key
),

final as (
    select
        keys.customer_key,
        record_values.attribute,
        record_values.source_system,
        record_values.customer_id,
        record_values.attribute_value,
        record_values.value_key,
        ranks.policy_rank,
        ranks.named_as,
        keys.position,
        -- The system that policy puts first; within it, and where policy is silent, the record that speaks for the
        -- customer.
        row_number() over (
            partition by keys.customer_key, record_values.attribute
            order by ranks.policy_rank asc nulls last, keys.position asc nulls last
        ) as value_rank
    from record_values
    inner join keys on record_values.source_system = keys.source_system and record_values.customer_id = keys.customer_id
    left join ranks on record_values.attribute = ranks.attribute and record_values.source_system = ranks.source_system
)

select * from final
