-- One row per person of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'people') }}
),

renamed as (
    select
        person_id,
        full_name,
        email,
        payroll_number,
        role,
        team,
        region,
        manager_id,
        weekly_capacity_hours,
        skills,
        standard_cost_rate,
        active,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
