-- One row per customer record, with its identifiers in the form in which they are compared.
with customers as (
    select * from {{ ref('cnf_customers') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

cleaned as (
    select
        *,
        {{ replace_all(cleaned_code('tax_number'), "(MWST|TVA|IVA|MVA)$", "") }} as tax_code,
        {{ cleaned_code('registration_number') }} as registration_code,
        {{ domain_of('website') }} as website_domain,
        {{ extract_first("lower(trim(email))", "@([^@ ]+[.][^@ .]+)$") }} as email_domain
    from customers
),

-- A tax number may carry its country (GB123456789, CHE-123.456.789 MWST, EL for Greece); it is compared without, inside that country.
prefixed as (
    select
        *,
        case
            when tax_code like 'CHE%' and coalesce(country, 'CH') = 'CH' then 'CHE'
            when tax_code like 'EL%' and coalesce(country, 'GR') = 'GR' then 'EL'
            when tax_code like country || '%' then country
            else coalesce({{ extract_first("tax_code", "^([A-Z]{2})[A-Z]?[0-9]{7}") }}, '')
        end as tax_prefix
    from cleaned
),

final as (
    select
        prefixed.source_system || '|' || prefixed.customer_id as record_id,
        prefixed.source_system,
        prefixed.customer_id,
        prefixed.parent_customer_id,
        prefixed.customer_name,
        prefixed.legal_name,
        prefixed.country,
        {{ cleaned_name('prefixed.city') }} as city,
        {{ cleaned_postal_code('prefixed.postal_code', 'prefixed.country') }} as postal_code,
        -- At somebody else's door, a customer has no door of its own.
        case
            when {{ extract_first("lower(prefixed.address_line)", "(c/o|^care of | care of )") }} is null
                then nullif(trim(prefixed.address_line), '')
        end as address_line,
        substr(prefixed.tax_code, length(prefixed.tax_prefix) + 1) as tax_number,
        case prefixed.tax_prefix
            when 'CHE' then 'CH'
            when 'EL' then 'GR'
            when '' then prefixed.country
            else prefixed.tax_prefix
        end as tax_country,
        prefixed.registration_code,
        coalesce(prefixed.website_domain, prefixed.email_domain) as domain,
        lower(trim(prefixed.email)) as email,
        {{ cleaned_phone('prefixed.phone') }} as phone,
        {{ phone_tail('prefixed.phone') }} as phone_tail,
        -- Who speaks for a cluster: what was merged away last, the CRM's records first, then the oldest. Nothing that a record arriving later
        -- could change.
        row_number() over (
            order by
                mergers.customer_id is not null nulls last,
                systems.is_crm desc nulls last,
                prefixed.created_at asc nulls last,
                prefixed.source_system asc nulls last,
                prefixed.customer_id asc nulls last
        ) as seniority
    from prefixed
    inner join systems on prefixed.source_system = systems.source_system
    left join {{ ref('int_customer_merges') }} as mergers
        on prefixed.source_system = mergers.source_system and prefixed.customer_id = mergers.customer_id
)

select * from final
