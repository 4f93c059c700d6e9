-- One row per client of the work-order database, as it is now.
with source as (
    {{ raw_latest('field_service', 'customers') }}
),

renamed as (
    select
        customer_id,
        customer_name,
        legal_name,
        tax_number,
        registration_number,
        website,
        email,
        phone,
        address_line,
        city,
        region,
        postal_code,
        country,
        parent_customer_id,
        owner_id,
        created_at,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
