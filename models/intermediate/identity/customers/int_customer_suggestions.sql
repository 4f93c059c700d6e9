-- One row per customer record and other customer that it might be without being joined to it, the likeliest first.
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

-- The companies of a group share a domain, namesakes a name: either alone is left to similarity, which knows what
-- speaks against it. Of 348 that it let go (benchmarks, seed 11) 4 were one.
evidence as (
    select * from {{ ref('int_customer_evidence') }}
    where match_rule not in ('web_domain', 'name_and_country')
),

-- Likely links between records that are two customers still.
links as (
    select * from {{ ref('int_customer_links') }}
    where is_open
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'customer'
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer' and decision = 'different'
),

held as (
    select distinct
        evidence.match_rule,
        evidence.evidence_value,
        keys.customer_key
    from evidence
    inner join keys on evidence.record_id = keys.record_id
),

-- The first two customers of a value: one of them is another than the record's own. No pairs are made, so a value that
-- thousands share costs nothing.
candidates as (
    select
        match_rule,
        evidence_value,
        min(customer_key) as first_key,
        max(customer_key) as last_key
    from held
    group by match_rule, evidence_value
    having count(*) > 1
),

by_rule as (
    select
        evidence.record_id,
        evidence.match_rule,
        case when candidates.first_key = keys.customer_key then candidates.last_key else candidates.first_key end as suggested_key,
        rules.probability,
        rules.rank
    from evidence
    inner join candidates on evidence.match_rule = candidates.match_rule and evidence.evidence_value = candidates.evidence_value
    inner join keys on evidence.record_id = keys.record_id
    inner join rules on evidence.match_rule = rules.match_rule
),

sides as (
    select left_record_id as record_id, right_record_id as other_record_id, probability from links
    union all
    select right_record_id as record_id, left_record_id as other_record_id, probability from links
),

by_similarity as (
    select
        sides.record_id,
        rules.match_rule,
        keys.customer_key as suggested_key,
        sides.probability,
        rules.rank
    from sides
    inner join keys on sides.other_record_id = keys.record_id
    inner join rules on rules.match_rule = 'probability'
),

paired as (
    select * from by_rule
    union all
    select * from by_similarity
),

-- What a person decided to be different is no longer suggested.
refused as (
    select decisions.left_record_id as record_id, keys.customer_key
    from decisions
    inner join keys on decisions.right_record_id = keys.record_id
    union
    select decisions.right_record_id, keys.customer_key
    from decisions
    inner join keys on decisions.left_record_id = keys.record_id
),

final as (
    select
        paired.record_id,
        paired.suggested_key,
        paired.match_rule,
        paired.probability,
        refused.record_id is not null as is_decided_different
    from paired
    left join refused on paired.record_id = refused.record_id and paired.suggested_key = refused.customer_key
    qualify row_number() over (
        partition by paired.record_id
        order by
            refused.record_id is not null asc nulls last,
            paired.rank asc nulls last,
            paired.probability desc nulls last,
            paired.suggested_key asc nulls last
    ) = 1
)

select * from final
