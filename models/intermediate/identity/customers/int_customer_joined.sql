-- One row per customer record that is joined to another, with the rule or link that ties it to its customer, what
-- speaks for it and what against.
with customers as (
    select * from {{ ref('cnf_customers') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

customer_records as (
    select
        keys.record_id,
        keys.source_system,
        keys.customer_id,
        keys.customer_key,
        keys.position,
        customers.customer_name
    from {{ ref('int_customer_keys') }} as keys
    inner join customers on keys.source_system = customers.source_system and keys.customer_id = customers.customer_id
),

ends as (
    select pair_id, left_record_id as record_id, right_record_id as other_record_id from links
    union all
    select pair_id, right_record_id as record_id, left_record_id as other_record_id from links
),

final as (
    select
        own.record_id,
        own.source_system,
        own.customer_id,
        own.customer_name as record_name,
        own.customer_key,
        coalesce(linked.source_system, speakers.source_system) as candidate_system,
        coalesce(linked.customer_id, speakers.customer_id) as candidate_id,
        coalesce(linked.customer_name, speakers.customer_name) as candidate_name,
        ties.match_rule,
        coalesce(ties.probability, rules.probability) as match_probability,
        case when ties.match_rule = 'decision' then 'confirmed' else 'automatic' end as match_status,
        case
            when ties.match_rule = 'probability'
                then
                    nullif(concat_ws(
                        '; ',
                        {{ similarity_for('links') }},
                        case when own.record_id not in (links.left_record_id, links.right_record_id) then 'by way of ' || ties.pair_id end
                    ), '')
            else rules.meaning
        end as evidence_for,
        case
            when ties.match_rule = 'probability' then {{ similarity_against('links', 'cast(null as ' ~ dbt.type_string() ~ ')') }}
        end as evidence_against
    from customer_records as own
    inner join customer_records as speakers on own.customer_key = speakers.customer_key and speakers.position = 1
    inner join {{ ref('int_customer_ties') }} as ties on own.record_id = ties.record_id
    inner join {{ ref('match_rules') }} as rules on ties.match_rule = rules.match_rule and rules.entity = 'customer'
    left join links on ties.pair_id = links.pair_id
    left join ends on own.record_id = ends.record_id and links.pair_id = ends.pair_id
    -- The other end of the link, or its left one where this record is held by way of it.
    left join customer_records as linked on coalesce(ends.other_record_id, links.left_record_id) = linked.record_id
    where own.position > 1
)

select * from final
