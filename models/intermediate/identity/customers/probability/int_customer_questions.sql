-- One row per two customers that may be one, with the two records that speak most for it: what a person is asked.
with links as (
    select * from {{ ref('int_customer_links') }}
),

open_links as (
    select * from {{ ref('int_customer_open_links') }}
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

suggestions as (
    select * from {{ ref('int_customer_suggestions') }}
    where match_rule <> 'probability' and not is_decided_different
),

decisions as (
    select * from {{ ref('int_customer_decisions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'customer'
),

-- What an exact rule found and did not take, unless likeness has looked at the same two records.
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
        -- A link that was to be taken and was not stood in a chain that contradicts itself.
        coalesce(held_back_by, 'joined with others, it would contradict what a system or a person says') as held_back_by
    from open_links
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
),

final as (
    select
        candidates.left_record_id || ' = ' || candidates.right_record_id as pair_id,
        candidates.left_record_id,
        candidates.right_record_id,
        lefts.customer_key as left_customer_key,
        rights.customer_key as right_customer_key,
        candidates.match_rule,
        candidates.probability,
        candidates.held_back_by
    from candidates
    inner join keys as lefts on candidates.left_record_id = lefts.record_id
    inner join keys as rights on candidates.right_record_id = rights.record_id
    inner join rules on candidates.match_rule = rules.match_rule
    left join decisions on decisions.pair_id = candidates.left_record_id || ' = ' || candidates.right_record_id
    where lefts.customer_key <> rights.customer_key and decisions.pair_id is null
    -- One question for two customers, whatever the number of their records.
    qualify row_number() over (
        partition by least(lefts.customer_key, rights.customer_key), greatest(lefts.customer_key, rights.customer_key)
        order by candidates.probability desc, rules.rank asc, candidates.left_record_id asc, candidates.right_record_id asc
    ) = 1
)

select * from final
