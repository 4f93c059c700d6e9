-- One row per job budget of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'job_budgets') }}
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
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
