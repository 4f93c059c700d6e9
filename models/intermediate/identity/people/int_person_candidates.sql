-- One row per person record and person that it is joined to or might be, with what speaks for it and against it.
with keys as (
    select * from {{ ref('int_person_keys') }}
),

records as (
    select
        records.*,
        people.full_name as person_name
    from {{ ref('int_person_records') }} as records
    inner join {{ ref('cnf_people') }} as people on records.source_system = people.source_system and records.person_id = people.person_id
),

suggestions as (
    select * from {{ ref('int_person_suggestions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'person'
),

-- A record is held against the one that speaks for the person; that one itself is joined to nothing.
candidates as (
    select record_id, person_key as candidate_key, match_rule, false as is_decided_different, true as is_taken
    from keys
    where position > 1 and match_rule is not null
    union all
    select record_id, suggested_key, match_rule, is_decided_different, false
    from suggestions
),

final as (
    select
        candidates.record_id,
        records.source_system,
        records.person_id,
        records.person_name,
        candidates.candidate_key,
        others.source_system as candidate_system,
        others.person_id as candidate_id,
        others.person_name as candidate_name,
        candidates.match_rule,
        rules.probability as match_probability,
        case
            when candidates.is_taken and candidates.match_rule = 'decision' then 'confirmed'
            when candidates.is_taken then 'automatic'
            when candidates.is_decided_different then 'rejected'
            else 'suggested'
        end as match_status,
        nullif(concat_ws(
            '; ',
            case when candidates.match_rule = 'decision' then 'a person says so' end,
            case when records.email = others.email then 'the same e-mail address' end,
            case when records.payroll_number = others.payroll_number then 'the same payroll number' end,
            case when records.name_words = others.name_words then 'the same name' end
        ), '') as evidence_for,
        nullif(concat_ws(
            '; ',
            case when candidates.is_decided_different then 'a person says that they are two' end,
            case when records.email <> others.email then 'other addresses' end,
            case when records.payroll_number <> others.payroll_number then 'other payroll numbers' end,
            case when records.name_words <> others.name_words then 'other names' end,
            case when records.source_system = others.source_system then 'one system has both' end,
            case when records.legal_entity <> others.legal_entity then 'of another company' end,
            case
                when not candidates.is_taken and not candidates.is_decided_different
                    then 'what the rule found contradicts itself, or could be several'
            end
        ), '') as evidence_against
    from candidates
    inner join records on candidates.record_id = records.record_id
    inner join keys as speaking on candidates.candidate_key = speaking.person_key and speaking.position = 1
    inner join records as others on speaking.record_id = others.record_id
    inner join rules on candidates.match_rule = rules.match_rule
)

select * from final
