-- One row per deal of HubSpot that is not archived.
with source as (
    select * from {{ ref('stg_hubspot__deal_versions') }}
),

newest as (
    {{ newest_of('select * from source', 'deal_id', 'updated_at', 'version_number', 'is_deleted') }}
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
        merged_deal_ids,
        updated_at,
        source_system,
        load_id,
        landed_at
    from newest
    where not is_deleted
)

select * from renamed
