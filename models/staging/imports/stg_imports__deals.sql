-- One row per deal of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'deals') }}
),

renamed as (
    select
        deal_id,
        deal_name,
        customer_id,
        owner_id,
        stage,
        is_closed,
        is_won,
        amount,
        currency,
        probability,
        created_on,
        proposal_sent_on,
        expected_close_on,
        won_on,
        lost_on,
        service_starts_on,
        service_ends_on,
        required_skills,
        updated_at,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
