-- One row per deal, and one for the unknown.
with deals as (
    select * from {{ ref('cnf_deals') }}
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
