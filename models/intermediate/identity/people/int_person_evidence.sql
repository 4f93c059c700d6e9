-- One row per person record, rule and value by which the rule would know it again in another system's record.
with records as (
    select * from {{ ref('int_person_records') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'person' and decision = 'same'
),

-- Payroll numbers and names are a company's; an address is one in the whole world.
carried as (
    select record_id, source_system, 'email' as match_rule, email as evidence_value from records
    where email is not null
    union all
    select record_id, source_system, 'payroll_number', legal_entity || '|' || payroll_number from records
    where payroll_number is not null
    union all
    select record_id, source_system, 'full_name', legal_entity || '|' || full_name from records
    where full_name is not null
),

-- What two records of one system carry tells nobody apart: a mailbox that several read, a name that two bear.
shared_in_systems as (
    select
        match_rule,
        evidence_value
    from carried
    group by match_rule, evidence_value, source_system
    having count(*) > 1
),

shared as (
    select distinct match_rule, evidence_value from shared_in_systems
),

telling as (
    select
        carried.*,
        shared.match_rule is not null as is_shared
    from carried
    left join shared on carried.match_rule = shared.match_rule and carried.evidence_value = shared.evidence_value
),

words as (
    select
        record_id,
        {{ each_word('name_words') }}
    from records
),

pairs as (
    select
        telling.match_rule,
        telling.evidence_value,
        telling.record_id,
        others.record_id as other_id
    from telling
    inner join telling as others on telling.match_rule = others.match_rule and telling.evidence_value = others.evidence_value
    where not telling.is_shared and telling.record_id < others.record_id
),

alike as (
    select distinct
        pairs.record_id,
        pairs.other_id
    from pairs
    inner join words on pairs.record_id = words.record_id
    inner join words as others on pairs.other_id = others.record_id and words.word = others.word
),

-- One address or number under two names without a word in common is nobody's own.
contradicted as (
    select distinct
        pairs.match_rule,
        pairs.evidence_value
    from pairs
    left join alike on pairs.record_id = alike.record_id and pairs.other_id = alike.other_id
    where alike.record_id is null
),

final as (
    select left_record_id as record_id, 'decision' as match_rule, pair_id as evidence_value, false as is_loose from decisions
    union
    select right_record_id, 'decision', pair_id, false from decisions
    union
    select
        telling.record_id,
        telling.match_rule,
        telling.evidence_value,
        telling.is_shared or contradicted.match_rule is not null
    from telling
    left join contradicted on telling.match_rule = contradicted.match_rule and telling.evidence_value = contradicted.evidence_value
    where not telling.is_shared or telling.match_rule = 'full_name'
)

select * from final
