-- One row per customer record, with its identifiers in the form in which they are compared.
{% set tax_countries = 'AT|AU|BE|BG|CA|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|HR|HU|IE|IN|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI' %}
with customers as (
    select * from {{ ref('cnf_customers') }}
),

cleaned as (
    select
        *,
        {{ without_number_label(replace_all(cleaned_code('tax_number'), "(MWST|TVA|IVA|MVA|MOMS|BTW)$", "")) }} as tax_code,
        {{ without_number_label(cleaned_code('registration_number')) }} as registration_code,
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
            else coalesce({{ extract_first("tax_code", "^((?:" ~ tax_countries ~ "))[A-Z0-9]{0,2}[0-9]{7}") }}, '')
        end as tax_prefix
    from cleaned
),

-- Without a prefix it is of the record's country, or of the one where numbers are built so.
numbered as (
    select
        *,
        substr(tax_code, length(tax_prefix) + 1) as own_tax_code,
        case
            when tax_prefix = 'CHE' then 'CH'
            when tax_prefix = 'EL' then 'GR'
            when tax_prefix <> '' then tax_prefix
            when country is not null then country
            when {{ extract_first("tax_code", "^([0-9]{8}000[1-9][0-9]{2})$") }} is not null then 'BR'
            when {{ extract_first("tax_code", "^([0-9]{14})$") }} is not null then 'FR'
            when {{ extract_first("tax_code", "^([0-9]{9}R[CPTMZ][0-9]{4})$") }} is not null then 'CA'
        end as tax_country
    from prefixed
),

nobody as (
    select replace(placeholder, ' ', '') as code from {{ ref('placeholder_names') }}
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
    from numbered
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
        {{ street_of('own_address_line') }} as street,
        {{ replace_all(cleaned_name('city'), " CEDEX( [0-9]+)?$", "") }} as clean_city
    from placed
),

-- `Gand` is Gent.
towns as (
    select * from {{ ref('name_words') }}
    where kind = 'own'
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
        coalesce(towns.stands_for, housed.clean_city) as city,
        {{ cleaned_postal_code('postal_code', 'country') }} as postal_code,
        own_address_line as address_line,
        house_number,
        street,
        {{ street_side('own_address_line') }} as street_side,
        house_number || ' ' || substr(street, 1, 8) as door,
        -- What a tax office gives to all who have none is nobody's.
        case when nobody.code is null then {{ number_of_company('own_tax_code', 'tax_country') }} end as tax_number,
        tax_country,
        {{ number_of_company('registration_code', 'country') }} as registration_code,
        coalesce(website_domain, email_domain) as domain,
        lower(trim(email)) as email,
        {{ cleaned_phone('phone') }} as phone,
        {{ phone_tail('phone') }} as phone_tail
    from housed
    left join nobody on housed.own_tax_code = nobody.code
    left join towns on housed.clean_city = towns.word
)

select * from final
