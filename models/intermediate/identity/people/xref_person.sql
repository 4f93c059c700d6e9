-- One row per person record of a system (and per id, address or name by which its records name a person without one),
-- with the person it is.
with keys as (
    select * from {{ ref('int_person_keys') }}
),

suggestions as (
    select * from {{ ref('int_person_suggestions') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'person'
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'person'
),

systems as (
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

named_ids as (
    {% for entity, columns in {
        'customers': ['owner_id'], 'customer_versions': ['owner_id'], 'people': ['manager_id'], 'deal_versions': ['owner_id'],
        'contract_rate_versions': ['person_id'], 'jobs': ['manager_id', 'person_id'], 'job_versions': ['manager_id'],
        'deliveries': ['person_id'], 'costs': ['person_id'], 'pay_items': ['person_id'], 'invoices': ['entered_by', 'approved_by'], 'journal_lines': ['entered_by', 'approved_by'],
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
        named_ids.source_system,
        named_ids.source_id,
        systems.legal_entity
    from named_ids
    inner join systems on named_ids.source_system = systems.source_system
    left join people on named_ids.source_system = people.source_system and named_ids.source_id = people.person_id
    where people.person_key is null
),

-- Of another system: by its id, else by what is written for a person in place of one.
matches as (
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
    select * from matches
    qualify
        dense_rank() over (
            partition by source_system, source_id
            order by
                case rule when 'cross_reference' then 1 when 'email' then 2 else 3 end nulls last,
                case when is_of_company then 1 else 2 end nulls last
        ) = 1
),

unique_matches as (
    select
        source_system,
        source_id,
        min(person_key) as person_key,
        min(rule) as match_rule
    from nearest
    group by source_system, source_id
    having count(distinct person_key) = 1
),

judged as (
    {{ latest_decisions('decisions') }}
),

records as (
    select
        keys.source_system,
        'people' as source_entity,
        keys.person_id as source_id,
        keys.person_key,
        coalesce(keys.match_rule, 'own_record') as match_rule,
        case
            when keys.match_rule = 'decision' then 'confirmed'
            when keys.match_rule is not null then 'automatic'
            when suggestions.is_decided_different or (suggestions.record_id is null and apart.record_id is not null) then 'rejected'
            when suggestions.record_id is not null then 'suggested'
            else 'automatic'
        end as match_status,
        suggestions.suggested_key as runner_up_key,
        suggestions.probability as runner_up_probability,
        coalesce(together.decided_by, apart.decided_by) as decided_by,
        coalesce(together.decided_on, apart.decided_on) as decided_on
    from keys
    left join suggestions on keys.record_id = suggestions.record_id
    left join judged as together on keys.record_id = together.record_id and together.decision = 'same'
    left join judged as apart on keys.record_id = apart.record_id and apart.decision = 'different'
),

named_only as (
    select
        missing.source_system,
        'person_references' as source_entity,
        missing.source_id,
        coalesce(unique_matches.person_key, 'unknown') as person_key,
        coalesce(unique_matches.match_rule, 'no_record') as match_rule,
        'automatic' as match_status,
        cast(null as {{ dbt.type_string() }}) as runner_up_key,
        cast(null as decimal(9, 6)) as runner_up_probability,
        cast(null as {{ dbt.type_string() }}) as decided_by,
        cast(null as date) as decided_on
    from missing
    left join unique_matches on missing.source_system = unique_matches.source_system and missing.source_id = unique_matches.source_id
),

all_records as (
    select * from records
    union all
    select * from named_only
),

final as (
    select
        all_records.source_system,
        all_records.source_entity,
        all_records.source_id,
        all_records.person_key,
        all_records.match_rule,
        rules.probability as match_probability,
        all_records.match_status,
        all_records.runner_up_key,
        all_records.runner_up_probability,
        all_records.decided_by,
        all_records.decided_on
    from all_records
    left join rules on all_records.match_rule = rules.match_rule
)

select * from final
