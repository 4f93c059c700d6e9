-- One row per person record and other person that shares evidence with it without being joined, the strongest first.
with keys as (
    select * from {{ ref('int_person_keys') }}
),

evidence as (
    select * from {{ ref('int_person_evidence') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'person'
),

decisions as (
    select * from {{ ref('int_person_decisions') }}
    where decision = 'different'
),

held as (
    select distinct
        evidence.match_rule,
        evidence.evidence_value,
        keys.person_key
    from evidence
    inner join keys on evidence.record_id = keys.record_id
),

-- The first two people of a value: one of them is another than the record's own. No pairs are made, so a value that thousands share costs nothing.
candidates as (
    select
        match_rule,
        evidence_value,
        min(person_key) as first_key,
        max(person_key) as last_key
    from held
    group by match_rule, evidence_value
    having count(*) > 1
),

paired as (
    select
        evidence.record_id,
        evidence.match_rule,
        case when candidates.first_key = keys.person_key then candidates.last_key else candidates.first_key end as suggested_key
    from evidence
    inner join candidates on evidence.match_rule = candidates.match_rule and evidence.evidence_value = candidates.evidence_value
    inner join keys on evidence.record_id = keys.record_id
),

-- What somebody decided to be different is no longer suggested.
refused as (
    select decisions.left_record_id as record_id, keys.person_key
    from decisions
    inner join keys on decisions.right_record_id = keys.record_id
    union
    select decisions.right_record_id, keys.person_key
    from decisions
    inner join keys on decisions.left_record_id = keys.record_id
),

final as (
    select
        paired.record_id,
        paired.suggested_key,
        paired.match_rule,
        rules.probability,
        refused.record_id is not null as is_decided_different
    from paired
    inner join rules on paired.match_rule = rules.match_rule
    left join refused on paired.record_id = refused.record_id and paired.suggested_key = refused.person_key
    qualify row_number() over (
        partition by paired.record_id
        order by
            refused.record_id is not null asc nulls last,
            rules.rank asc nulls last,
            paired.suggested_key asc nulls last
    ) = 1
)

select * from final
