-- One row per text by which a record of a system names a person though its system has no such record, with who is meant, where one only can be.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

people as (
    select
        keys.person_key,
        keys.source_system,
        keys.person_id,
        records.legal_entity,
        records.email,
        case when records.full_name is not null then records.name_words end as full_name
    from {{ ref('int_person_keys') }} as keys
    inner join {{ ref('int_person_records') }} as records on keys.record_id = records.record_id
),

named as (
    {% for entity, columns in {
        'customers': ['owner_id'], 'customer_versions': ['owner_id'], 'people': ['manager_id'], 'deal_versions': ['owner_id'],
        'contract_rate_versions': ['person_id'], 'jobs': ['manager_id', 'person_id'], 'job_versions': ['manager_id'], 'deliveries': ['person_id'], 'costs': ['person_id'], 'pay_items': ['person_id'],
        'invoices': ['entered_by', 'approved_by'], 'journal_lines': ['entered_by', 'approved_by'],
    }.items() %}
        {% for column in columns %}
            select distinct source_system, {{ column }} as source_id from {{ ref('cnf_' ~ entity) }} where {{ column }} is not null
            union
        {% endfor %}
    {% endfor %}
    select distinct source_system, person_id from {{ ref('cnf_contract_rates') }} where person_id is not null
),

missing as (
    select
        named.source_system,
        named.source_id,
        systems.legal_entity
    from named
    inner join systems on named.source_system = systems.source_system
    left join people on named.source_system = people.source_system and named.source_id = people.person_id
    where people.person_key is null
),

-- Of another system: by its id, else by what is written for a person in place of one.
found as (
    select
        missing.source_system, missing.source_id, people.person_key,
        missing.legal_entity = people.legal_entity as is_of_company, 'cross_reference' as rule
    from missing
    inner join people on trim(missing.source_id) = people.person_id
    union all
    select missing.source_system, missing.source_id, people.person_key, missing.legal_entity = people.legal_entity, 'email'
    from missing
    inner join people on lower(trim(missing.source_id)) = people.email
    union all
    select missing.source_system, missing.source_id, people.person_key, true, 'full_name'
    from missing
    inner join people on {{ cleaned_name('missing.source_id') }} = people.full_name and missing.legal_entity = people.legal_entity
),

-- The company's own people first; whom two systems would give differently, nobody is.
nearest as (
    select * from found
    qualify
        dense_rank() over (
            partition by source_system, source_id
            order by
                case rule when 'cross_reference' then 1 when 'email' then 2 else 3 end nulls last,
                case when is_of_company then 1 else 2 end nulls last
        ) = 1
),

one_only as (
    select
        source_system,
        source_id,
        min(person_key) as person_key,
        min(rule) as match_rule
    from nearest
    group by source_system, source_id
    having count(distinct person_key) = 1
),

final as (
    select
        missing.source_system,
        missing.source_id,
        one_only.person_key,
        coalesce(one_only.match_rule, 'no_record') as match_rule
    from missing
    left join one_only on missing.source_system = one_only.source_system and missing.source_id = one_only.source_id
)

select * from final
