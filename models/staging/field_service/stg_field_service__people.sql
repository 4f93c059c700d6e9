-- One row per employee of the work-order database, as it is now.
with source as (
    {{ raw_latest('field_service', 'employees') }}
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
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
