-- One row per part of a job's budget, as it is now.
with source as (
    {{ raw_latest('field_service', 'job_budgets') }}
),

renamed as (
    select
        job_budget_id,
        job_id,
        phase,
        product_id,
        cost_type,
        currency,
        budget_hours,
        budget_cost,
        estimate_to_complete_hours,
        estimate_to_complete_cost,
        estimated_on,
        revision,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
