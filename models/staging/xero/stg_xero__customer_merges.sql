-- One row per contact of Xero that was merged into another, which lives on. The merged one stays, archived.
with contacts as (
    {{ raw_latest('xero', 'contacts') }}
),

renamed as (
    select
        contact_id as customer_id,
        {{ given('merged_to_contact_id') }} as survivor_id,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from contacts
    where {{ given('merged_to_contact_id') }} <> contact_id
)

select * from renamed
