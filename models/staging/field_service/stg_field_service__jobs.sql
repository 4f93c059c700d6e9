-- One row per job, as it is now.
with source as (
    {{ raw_latest('field_service', 'jobs') }}
),

renamed as (
    select
        job_id,
        job_ref,
        deal_id,
        contract_id,
        customer_id,
        job_type,
        status,
        manager_id,
        person_id,
        planned_start_on,
        planned_end_on,
        started_on,
        completed_on,
        left_on,
        kickoff_ready_on,
        currency,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
