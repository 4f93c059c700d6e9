-- One row per customer record, with its identifiers in the form in which they are compared.
with customers as (
    select * from {{ ref('cnf_customers') }}
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

{% set post_boxes = 'p ?o ?box|box|gpo box|post office box|postfach|postbus|boite postale|boîte postale|bp|case postale|cp|apartado'
    ~ '|apartado de correos|apdo|casella postale|caixa postal|skrytka pocztowa|skr poczt|postboks|po ?bus' %}
placed as (
    select
        *,
        -- At somebody else's door, a customer has no door of its own, nor in a box at the post office.
        case
            when
                {{ extract_first("lower(address_line)", "(c/o|^care of | care of )") }} is null
                and {{ extract_first("replace(lower(address_line), '.', '')", "^ *((" ~ post_boxes ~ ") *[0-9])") }} is null
                then nullif(trim(address_line), '')
        end as own_address_line
    from prefixed
),

housed as (
    select
        *,
        -- `Level 4, 88 Pitt Street`: the number of the floor or the unit is none of the house, unless it is all there is.
        {% set floors = 'LEVEL|LVL|UNIT|SUITE|STE|FLOOR|FLAT|APT|ROOM|RM|SHOP|OFFICE' %}
        coalesce(
            {{ extract_first('upper(own_address_line)', '^(?:' ~ floors ~ ')[. ]*[0-9]+[A-Z]?[ ,/-][^0-9]*([0-9]+)') }},
            {{ extract_first('upper(own_address_line)', '([0-9]+)') }}
        ) as house_number,
        {{ street_of('own_address_line') }} as street
    from placed
),

final as (
    select
        source_system || '|' || customer_id as record_id,
        source_system,
        customer_id,
        parent_customer_id,
        customer_name,
        legal_name,
        country,
        {{ cleaned_name('city') }} as city,
        {{ cleaned_postal_code('postal_code', 'country') }} as postal_code,
        own_address_line as address_line,
        house_number,
        street,
        {{ street_side('own_address_line') }} as street_side,
        house_number || ' ' || substr(street, 1, 8) as door,
        substr(tax_code, length(tax_prefix) + 1) as tax_number,
        case tax_prefix
            when 'CHE' then 'CH'
            when 'EL' then 'GR'
            when '' then country
            else tax_prefix
        end as tax_country,
        registration_code,
        coalesce(website_domain, email_domain) as domain,
        lower(trim(email)) as email,
        {{ cleaned_phone('phone') }} as phone,
        {{ phone_tail('phone') }} as phone_tail
    from housed
)

select * from final
