-- One row per person record of a system, and one for the unknown.
with people as (
    select * from {{ ref('cnf_people') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

known as (
    select
        {{ make_key(['people.source_system', 'people.person_id']) }} as person_key,
        case
            when managers.person_id is null then 'unknown'
            else {{ make_key(['managers.source_system', 'managers.person_id']) }}
        end as manager_key,
        people.full_name,
        people.email,
        people.role,
        people.team,
        people.region,
        people.skills,
        people.weekly_capacity_hours,
        people.standard_cost_rate,
        coalesce(people.active, true) as is_active,
        systems.legal_entity,
        people.source_system,
        people.person_id,
        false as is_unknown
    from people
    inner join systems on people.source_system = systems.source_system
    left join people as managers on people.source_system = managers.source_system and people.manager_id = managers.person_id
),

final as (
    select * from known
    union all
    select 'unknown', 'unknown', 'Unknown', null, null, null, null, null, null, null, false, 'unknown', null, null, true
)

select * from final
