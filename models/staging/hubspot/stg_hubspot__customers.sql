-- One row per company of HubSpot, and one per contact who buys without one. One that was archived stays while a deal
-- names it: who bought then is still known.
with source as (
    {{ newest_of(raw_versions('hubspot', 'companies')) }}
),

contacts as (
    {{ raw_latest('hubspot', 'contacts') }}
),

contact_companies as (
    {{ raw_latest('hubspot', 'contact_companies') }}
),

country_names as (
    select * from {{ ref('country_names') }}
),

-- HubSpot keeps e-mail addresses on people only: the company's is that of the contact it has known longest.
emails as (
    select
        contact_companies.company_id,
        contacts.email
    from contact_companies
    inner join contacts on contact_companies.contact_id = contacts.id
    where {{ given('contacts.email') }} is not null
    qualify row_number() over (
        partition by contact_companies.company_id
        order by
            contact_companies.is_primary desc nulls last,
            contacts.created_at nulls last,
            length(contacts.id) nulls last,
            contacts.id nulls last
    ) = 1
),

buyers as (
    select distinct customer_id from {{ ref('stg_hubspot__deal_versions') }}
    where customer_id is not null
),

companies as (
    select
        source.id as customer_id,
        coalesce({{ given('trim(source.name)') }}, {{ given('trim(source.domain)') }}, source.id) as customer_name,
        source.legal_name,
        source.tax_number,
        source.registration_number,
        coalesce({{ given('trim(source.website)') }}, {{ given('trim(source.domain)') }}) as website,
        emails.email,
        source.phone,
        source.address as address_line,
        source.city,
        source.state as region,
        source.zip as postal_code,
        country_names.country,
        source.hs_parent_company_id as parent_customer_id,
        cast(null as string) as owner_id,
        source.created_at,
        source.updated_at,
        'hubspot' as source_system,
        source._load_id as load_id,
        source._landed_at as landed_at
    from source
    left join emails on source.id = emails.company_id
    left join country_names on lower(trim(source.country)) = country_names.country_name
    left join buyers on source.id = buyers.customer_id
    where not source._is_deleted or buyers.customer_id is not null
),

persons as (
    select
        buyers.customer_id,
        coalesce(
            {{ given("trim(coalesce(contacts.firstname, '') || ' ' || coalesce(contacts.lastname, ''))") }},
            {{ given('contacts.email') }},
            contacts.id
        ) as customer_name,
        cast(null as string) as legal_name,
        cast(null as string) as tax_number,
        cast(null as string) as registration_number,
        cast(null as string) as website,
        contacts.email,
        contacts.phone,
        cast(null as string) as address_line,
        cast(null as string) as city,
        cast(null as string) as region,
        cast(null as string) as postal_code,
        cast(null as string) as country,
        cast(null as string) as parent_customer_id,
        cast(null as string) as owner_id,
        contacts.created_at,
        contacts.updated_at,
        'hubspot' as source_system,
        contacts._load_id as load_id,
        contacts._landed_at as landed_at
    from contacts
    inner join buyers on 'contact-' || contacts.id = buyers.customer_id
)

select * from companies
union all
select * from persons
