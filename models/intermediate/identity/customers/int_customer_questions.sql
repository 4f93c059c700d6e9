-- One row per two customers that may be one, with the two records that speak most for it: what a person is asked.
with links as (
    select * from {{ ref('int_customer_links') }}
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

suggestions as (
    select * from {{ ref('int_customer_suggestions') }}
    where match_rule <> 'probability' and not is_decided_different
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer'
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'customer'
),

profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

-- A registered name tells a company from its neighbours; what people call a place does not tell one place from another.
described as (
    select
        profiles.record_id,
        profiles.door,
        profiles.street,
        profiles.street_side,
        profiles.postal_code,
        profiles.city,
        profiles.country,
        profiles.domain,
        profiles.tax_number,
        profiles.registration_number,
        keys.customer_key,
        keys.position
    from profiles
    inner join keys on profiles.record_id = keys.record_id
    where profiles.legal_forms is null and profiles.core_word is not null and profiles.door_name_count between 2 and 3
),

-- One row per two customer records at one door that few names share, of names that describe and no number or domain:
-- called otherwise, or neighbours.
neighbours as (
    select
        lefts.record_id as left_record_id,
        rights.record_id as right_record_id
    from described as lefts
    inner join described as rights on lefts.door = rights.door and lefts.customer_key < rights.customer_key
    where
        lefts.street = rights.street
        and coalesce(lefts.street_side = rights.street_side, true)
        and coalesce(lefts.postal_code = rights.postal_code, true)
        and coalesce(lefts.city = rights.city, true)
        and coalesce(lefts.country = rights.country, true)
        and coalesce(lefts.domain = rights.domain, true)
        and coalesce(lefts.tax_number = rights.tax_number, true)
        and coalesce(lefts.registration_number = rights.registration_number, true)
    -- One question for two customers, by the records that speak first.
    qualify row_number() over (
        partition by lefts.customer_key, rights.customer_key
        order by
            lefts.position asc nulls last,
            rights.position asc nulls last,
            lefts.record_id asc nulls last,
            rights.record_id asc nulls last
    ) = 1
),

-- What an exact rule found and did not take, unless similarity has looked at the same two records.
by_rule as (
    select
        least(suggestions.record_id, keys.record_id) as left_record_id,
        greatest(suggestions.record_id, keys.record_id) as right_record_id,
        max(suggestions.probability) as probability,
        min(suggestions.match_rule) as match_rule
    from suggestions
    inner join keys on suggestions.suggested_key = keys.customer_key and keys.position = 1
    group by least(suggestions.record_id, keys.record_id), greatest(suggestions.record_id, keys.record_id)
),

candidates as (
    select
        left_record_id,
        right_record_id,
        probability,
        'probability' as match_rule,
        held_back_by
    from links
    where is_open
    union all
    select
        by_rule.left_record_id,
        by_rule.right_record_id,
        by_rule.probability,
        by_rule.match_rule,
        'what this rule found contradicts itself, or could be several' as held_back_by
    from by_rule
    left join links on by_rule.left_record_id = links.left_record_id and by_rule.right_record_id = links.right_record_id
    where links.left_record_id is null
    union all
    select
        least(neighbours.left_record_id, neighbours.right_record_id) as left_record_id,
        greatest(neighbours.left_record_id, neighbours.right_record_id) as right_record_id,
        rules.probability,
        rules.match_rule,
        'only the door is the same' as held_back_by
    from neighbours as neighbours
    inner join rules on rules.match_rule = 'same_door'
    left join links
        on
            least(neighbours.left_record_id, neighbours.right_record_id) = links.left_record_id
            and greatest(neighbours.left_record_id, neighbours.right_record_id) = links.right_record_id
    where links.left_record_id is null or links.held_back_by in ('their names say two companies', 'not sure enough')
),

asked as (
    select
        candidates.left_record_id || ' = ' || candidates.right_record_id as pair_id,
        candidates.left_record_id,
        candidates.right_record_id,
        lefts.customer_key as left_customer_key,
        rights.customer_key as right_customer_key,
        candidates.match_rule,
        candidates.probability,
        candidates.held_back_by,
        -- Of what something speaks against, half may be one at most.
        candidates.probability * case when candidates.held_back_by in ('not sure enough', 'only the door is the same') then 1.0 else 0.5 end as likely
    from candidates
    inner join keys as lefts on candidates.left_record_id = lefts.record_id
    inner join keys as rights on candidates.right_record_id = rights.record_id
    inner join rules on candidates.match_rule = rules.match_rule
    left join decisions on decisions.pair_id = candidates.left_record_id || ' = ' || candidates.right_record_id
    where lefts.customer_key <> rights.customer_key and decisions.pair_id is null
    -- One question for two customers, whatever the number of their records.
    qualify row_number() over (
        partition by least(lefts.customer_key, rights.customer_key), greatest(lefts.customer_key, rights.customer_key)
        order by
            candidates.probability desc nulls last,
            rules.rank asc nulls last,
            candidates.left_record_id asc nulls last,
            candidates.right_record_id asc nulls last
    ) = 1
),

sides as (
    select pair_id, left_customer_key as customer_key, right_customer_key as other_key from asked
    union all
    select pair_id, right_customer_key as customer_key, left_customer_key as other_key from asked
),

-- What is asked of two beside the same third is one question once they are one.
settled as (
    select asked.pair_id, count(*) as other_count
    from asked
    inner join sides as lefts on asked.left_customer_key = lefts.customer_key
    inner join sides as rights on asked.right_customer_key = rights.customer_key and lefts.other_key = rights.other_key
    group by asked.pair_id
),

final as (
    select
        asked.pair_id,
        asked.left_record_id,
        asked.right_record_id,
        asked.left_customer_key,
        asked.right_customer_key,
        asked.match_rule,
        asked.probability,
        asked.held_back_by,
        cast(4 * asked.likely * (1 - asked.likely) as decimal(9, 6)) as uncertainty,
        1 + coalesce(settled.other_count, 0) as settled_count
    from asked
    left join settled on asked.pair_id = settled.pair_id
)

select * from final
