-- One row per deal, and one for the unknown. A deal that is gone from its system, and had been won, is one that was lost.
{% set columns = [
    'source_system', 'deal_id', 'customer_id', 'owner_id', 'created_on', 'proposal_sent_on', 'expected_close_on', 'won_on', 'service_starts_on',
    'service_ends_on', 'deal_name', 'stage', 'required_skills', 'probability', 'currency', 'amount',
] %}
with standing as (
    select * from {{ ref('cnf_deals') }}
),

ended as (
    select
        wins.source_system,
        wins.deal_id,
        max(wins.unwon_on) as ended_on
    from {{ ref('int_deal_wins') }} as wins
    left join standing on wins.source_system = standing.source_system and wins.deal_id = standing.deal_id
    where standing.deal_id is null
    group by wins.source_system, wins.deal_id
),

last_seen as (
    select * from {{ ref('cnf_deal_versions') }}
    where not is_deleted
    qualify row_number() over (partition by source_system, deal_id order by version_number desc nulls last) = 1
),

deals as (
    select {{ columns | join(', ') }}, lost_on, is_closed, is_won
    from standing
    union all
    select last_seen.{{ columns | join(', last_seen.') }}, coalesce(last_seen.lost_on, ended.ended_on), true, false
    from last_seen
    inner join ended on last_seen.source_system = ended.source_system and last_seen.deal_id = ended.deal_id
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

customers as (
    select * from {{ ref('xref_customer') }}
),

people as (
    select * from {{ ref('xref_person') }}
),

known as (
    select
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        coalesce(customers.customer_key, 'unknown') as customer_key,
        coalesce(people.person_key, 'unknown') as owner_key,
        deals.created_on,
        deals.proposal_sent_on,
        deals.expected_close_on,
        deals.won_on,
        deals.lost_on,
        deals.service_starts_on,
        deals.service_ends_on,
        deals.deal_name,
        deals.stage as deal_stage,
        deals.required_skills,
        deals.probability * 100 as probability_pct,
        deals.currency,
        deals.amount as deal_amount,
        coalesce(deals.is_closed, deals.is_won, false) as is_closed,
        coalesce(deals.is_won, false) as is_won,
        systems.legal_entity,
        deals.source_system,
        deals.deal_id,
        false as is_unknown
    from deals
    inner join systems on deals.source_system = systems.source_system
    left join customers on deals.source_system = customers.source_system and deals.customer_id = customers.source_id
    left join people on deals.source_system = people.source_system and deals.owner_id = people.source_id
),

final as (
    select * from known
    union all
    select
        'unknown', 'unknown', 'unknown', null, null, null, null, null, null, null, 'Unknown', null, null, null, null, null,
        false, false, 'unknown', null, null, true
)

select * from final
