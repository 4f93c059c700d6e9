-- One row per deal id that a record of a system names, with the deal that is meant, where there is one.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

deals as (
    select
        cnf_deals.source_system,
        cnf_deals.deal_id,
        systems.legal_entity,
        {{ make_key(['cnf_deals.source_system', 'cnf_deals.deal_id']) }} as deal_key
    from {{ ref('cnf_deals') }} as cnf_deals
    inner join systems on cnf_deals.source_system = systems.source_system
),

named as (
    {% for entity in ['deal_lines', 'contracts', 'change_orders', 'jobs'] %}
        select distinct source_system, deal_id from {{ ref('cnf_' ~ entity) }} where deal_id is not null
        {% if not loop.last %}union{% endif %}
    {% endfor %}
),

-- A system that keeps deals means its own. One that keeps none means another's of its company, or of its group where the company keeps
-- none: one CRM serves it. There the id may be typed by hand (`Deal 5312345678`, blanks), so the digits alone count too, if they are six or more.
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
    select lookups.source_system, lookups.deal_id, deals.deal_key, 'reference' as match_rule
    from lookups
    inner join deals on lookups.source_system = deals.source_system and lookups.deal_id = deals.deal_id
    union
    select lookups.source_system, lookups.deal_id, deals.deal_key, 'reference_in_company'
    from lookups
    inner join deals on trim(lookups.deal_id) = deals.deal_id
    where not lookups.is_crm and (lookups.legal_entity = deals.legal_entity or not lookups.is_of_seller)
    union
    select lookups.source_system, lookups.deal_id, deals.deal_key, 'reference_in_company'
    from lookups
    inner join deals on lookups.digits = deals.deal_id
    where not lookups.is_crm and (lookups.legal_entity = deals.legal_entity or not lookups.is_of_seller)
),

unique_matches as (
    select
        source_system,
        deal_id,
        min(deal_key) as deal_key,
        min(match_rule) as match_rule
    from matches
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
