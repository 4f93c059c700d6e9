-- One row per person, however many systems know them, and one for the unknown.
with keys as (
    select * from {{ ref('int_person_keys') }}
),

records as (
    select
        keys.person_key,
        keys.position,
        people.*,
        nullif(managers.person_key, 'unknown') as led_by_key,
        systems.legal_entity
    from keys
    inner join {{ ref('cnf_people') }} as people on keys.source_system = people.source_system and keys.person_id = people.person_id
    inner join {{ ref('int_source_systems') }} as systems on keys.source_system = systems.source_system
    left join {{ ref('xref_person') }} as managers
        on people.source_system = managers.source_system and people.manager_id = managers.source_id
),

-- Each column is taken from the record that speaks for the person, else from the next one that has it. Whom one system still employs is active.
known as (
    select
        person_key,
        coalesce(min_by(led_by_key, position) filter (where led_by_key <> person_key), 'unknown') as manager_key,
        min_by(full_name, position) as full_name,
        min_by(email, position) filter (where email is not null) as email,
        min_by(payroll_number, position) filter (where payroll_number is not null) as payroll_number,
        min_by(role, position) filter (where role is not null) as role,
        min_by(team, position) filter (where team is not null) as team,
        min_by(region, position) filter (where region is not null) as region,
        min_by(skills, position) filter (where skills is not null) as skills,
        min_by(weekly_capacity_hours, position) filter (where weekly_capacity_hours is not null) as weekly_capacity_hours,
        min_by(standard_cost_rate, position) filter (where standard_cost_rate is not null) as standard_cost_rate,
        max(case when coalesce(active, true) then 1 else 0 end) = 1 as is_active,
        count(*) as record_count,
        {{ sorted_list('source_system') }} as source_systems,
        min_by(legal_entity, position) as legal_entity,
        min_by(source_system, position) as source_system,
        min_by(person_id, position) as person_id,
        false as is_unknown
    from records
    group by person_key
),

final as (
    select * from known
    union all
    select
        'unknown', 'unknown', 'Unknown', null, null, null, null, null, null, null, null, false, 0, null, 'unknown', null, null, true
)

select * from final
