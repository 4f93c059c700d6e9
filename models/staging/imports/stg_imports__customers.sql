-- One row per customer of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'customers') }}
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
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
