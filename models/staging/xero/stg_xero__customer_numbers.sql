-- One row per number by which a contact of Xero goes elsewhere: what integrations write there is mostly the CRM's own id.
with contacts as (
    {{ raw_latest('xero', 'contacts') }}
),

renamed as (
    select distinct
        contact_id as customer_id,
        trim(customer_number) as customer_number,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from (
        select contact_id, contact_number as customer_number, _load_id, _landed_at from contacts
        union all
        select contact_id, account_number, _load_id, _landed_at from contacts
    ) as numbers
    where {{ given('customer_number') }} is not null
)

select * from renamed
