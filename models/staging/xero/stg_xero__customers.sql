-- One row per contact of Xero that is not only a supplier, that pays as a customer does, or into which one of these was
-- merged.
with contacts as (
    {{ raw_latest('xero', 'contacts') }}
),

contact_addresses as (
    {{ raw_latest('xero', 'contact_addresses') }}
),

contact_phones as (
    {{ raw_latest('xero', 'contact_phones') }}
),

bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

bank_transaction_lines as (
    {{ raw_latest('xero', 'bank_transaction_lines') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

country_names as (
    select * from {{ ref('country_names') }}
),

-- Xero's POBOX is the billing address, and the one that is filled in most.
addresses as (
    select contact_addresses.*
    from contact_addresses
    where
        coalesce(
            contact_addresses.address_line, contact_addresses.city, contact_addresses.postal_code, contact_addresses.country
        ) is not null
    qualify
        row_number()
            over (
                partition by contact_addresses.contact_id
                order by
                    case contact_addresses.address_type when 'POBOX' then 1 when 'STREET' then 2 else 3 end nulls last
            )
        = 1
),

phones as (
    select contact_phones.*
    from contact_phones
    where contact_phones.phone_number is not null
    qualify
        row_number()
            over (
                partition by contact_phones.contact_id
                order by
                    case contact_phones.phone_type when 'DEFAULT' then 1 else 2 end nulls last,
                    contact_phones.phone_type nulls last
            )
        = 1
),

-- Xero calls a customer who was sent an invoice; who pays at the counter may be known as a supplier alone.
payers as (
    select distinct bank_transactions.contact_id
    from bank_transactions
    inner join bank_transaction_lines on bank_transactions.bank_transaction_id = bank_transaction_lines.bank_transaction_id
    left join accounts as by_id on bank_transaction_lines.account_id = by_id.account_id
    left join accounts as by_code on bank_transaction_lines.account_code = by_code.account_code
    where
        bank_transactions.type like 'RECEIVE%'
        and coalesce(by_id.account_role, by_code.account_role) in (
            'receivable', 'revenue', 'deferred_income', 'accrued_income', 'customer_deposits', 'retention'
        )
),

survivors as (
    select distinct contacts.merged_to_contact_id as contact_id
    from contacts
    left join payers on contacts.contact_id = payers.contact_id
    where (contacts.is_customer or payers.contact_id is not null) and {{ given('contacts.merged_to_contact_id') }} is not null
),

renamed as (
    select
        contacts.contact_id as customer_id,
        contacts.name as customer_name,
        cast(null as string) as legal_name,
        contacts.tax_number,
        contacts.company_number as registration_number,
        contacts.website,
        contacts.email_address as email,
        nullif(trim(
            coalesce(phones.phone_country_code || ' ', '')
            || coalesce(phones.phone_area_code || ' ', '')
            || coalesce(phones.phone_number, '')
        ), '') as phone,
        addresses.address_line,
        addresses.city,
        addresses.region,
        addresses.postal_code,
        country_names.country,
        cast(null as string) as parent_customer_id,
        cast(null as string) as owner_id,
        cast(null as timestamp) as created_at,
        contacts.updated_at,
        'xero' as source_system,
        contacts._load_id as load_id,
        contacts._landed_at as landed_at
    from contacts
    left join addresses on contacts.contact_id = addresses.contact_id
    left join phones on contacts.contact_id = phones.contact_id
    left join country_names on lower(trim(addresses.country)) = country_names.country_name
    left join payers on contacts.contact_id = payers.contact_id
    left join survivors on contacts.contact_id = survivors.contact_id
    where
        coalesce(contacts.is_customer, false) or not coalesce(contacts.is_supplier, false)
        or payers.contact_id is not null or survivors.contact_id is not null
)

select * from renamed
