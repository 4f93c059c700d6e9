-- One row per version of a deal of an import folder.
with source as (
    {{ raw_versions('imports', 'deals') }}
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
        _version as version_number,
        _is_deleted as is_deleted,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
