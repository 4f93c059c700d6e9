-- One row per owner of HubSpot, those who left included.
with source as (
    {{ raw_latest('hubspot', 'owners') }}
),

renamed as (
    select
        id as person_id,
        coalesce({{ given("trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))") }}, {{ given('email') }}, id) as full_name,
        email,
        cast(null as string) as payroll_number,
        'salesperson' as role,
        team,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as manager_id,
        cast(null as decimal(18, 6)) as weekly_capacity_hours,
        cast(null as {{ dbt.type_string() }}) as skills,
        cast(null as decimal(18, 6)) as standard_cost_rate,
        not archived as active,
        'hubspot' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
