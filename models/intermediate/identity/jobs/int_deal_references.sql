-- One row per deal id that a record of a system names, with the deal that is meant, where there is one.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

deals as (
    select
        cnf_deals.source_system,
        cnf_deals.deal_id,
        systems.legal_entity,
        {{ make_key(['cnf_deals.source_system', 'cnf_deals.deal_id']) }} as deal_key,
        cnf_deals.merged_deal_ids
    from {{ ref('cnf_deals') }} as cnf_deals
    inner join systems on cnf_deals.source_system = systems.source_system
),

merged_away as (
    select
        source_system,
        legal_entity,
        deal_key,
        {{ each_match('merged_deal_ids', '[^; ]+') }} as deal_id
    from deals
    where merged_deal_ids is not null
),

-- A deal is known by the ids of those that were merged into it, too, as long as no deal bears them.
known_by as (
    select source_system, legal_entity, deal_key, deal_id from deals
    union all
    select merged_away.source_system, merged_away.legal_entity, merged_away.deal_key, merged_away.deal_id
    from merged_away
    left join deals on merged_away.source_system = deals.source_system and merged_away.deal_id = deals.deal_id
    where deals.deal_key is null
),

named as (
    {% for entity in ['deal_lines', 'contracts', 'change_orders', 'jobs'] %}
        select distinct source_system, deal_id from {{ ref('cnf_' ~ entity) }} where deal_id is not null
        {% if not loop.last %}union{% endif %}
    {% endfor %}
),

-- A record means its own system's deal first, else that of the only other system of its company that has the id; of its
-- group, where the company keeps no deals: one CRM serves it. In a system that keeps no deals the id may be typed by
-- hand (`Deal 5312345678`, blanks), so there the digits alone count too, if they are six or more.
lookups as (
    select
        named.source_system,
        named.deal_id,
        systems.legal_entity,
        systems.is_crm,
        systems.legal_entity in (select deals.legal_entity from deals) as is_of_seller,
        {{ extract_first('named.deal_id', '([0-9]{6,})') }} as digits
    from named
    inner join systems on named.source_system = systems.source_system
),

matches as (
    select lookups.source_system, lookups.deal_id, known_by.deal_key, 'reference' as match_rule
    from lookups
    inner join known_by on lookups.source_system = known_by.source_system and lookups.deal_id = known_by.deal_id
    union
    select lookups.source_system, lookups.deal_id, known_by.deal_key, 'reference_in_company'
    from lookups
    inner join known_by on trim(lookups.deal_id) = known_by.deal_id
    where lookups.source_system <> known_by.source_system and (lookups.legal_entity = known_by.legal_entity or not lookups.is_of_seller)
    union
    select lookups.source_system, lookups.deal_id, known_by.deal_key, 'reference_in_company'
    from lookups
    inner join known_by on lookups.digits = known_by.deal_id
    where not lookups.is_crm and (lookups.legal_entity = known_by.legal_entity or not lookups.is_of_seller)
),

nearest as (
    select * from matches
    qualify
        dense_rank() over (
            partition by source_system, deal_id
            order by case match_rule when 'reference' then 1 else 2 end nulls last
        ) = 1
),

unique_matches as (
    select
        source_system,
        deal_id,
        min(deal_key) as deal_key,
        min(match_rule) as match_rule
    from nearest
    group by source_system, deal_id
    having count(distinct deal_key) = 1
),

final as (
    select
        lookups.source_system,
        lookups.deal_id,
        unique_matches.deal_key,
        coalesce(unique_matches.match_rule, 'no_record') as match_rule
    from lookups
    left join unique_matches on lookups.source_system = unique_matches.source_system and lookups.deal_id = unique_matches.deal_id
)

select * from final
