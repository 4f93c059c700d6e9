-- One row per deal of HubSpot that is not archived.
with source as (
    select * from {{ ref('stg_hubspot__deal_versions') }}
),

newest as (
    select *
    from source
    qualify row_number() over (
        partition by deal_id
        order by coalesce(updated_at, landed_at) desc, version_number desc
    ) = 1
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
        load_id,
        landed_at
    from newest
    where not is_deleted
)

select * from renamed
