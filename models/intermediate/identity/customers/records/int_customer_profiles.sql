-- One row per customer record, with everything that its similarity to others is judged by (see docs/decisions/0011).
with records as (
    select * from {{ ref('int_customer_records') }}
),

name_profiles as (
    select * from {{ ref('int_customer_name_profiles') }}
),

names as (
    select * from {{ ref('int_customer_names') }}
),

legal_forms as (
    select record_id, {{ sorted_set('legal_form') }} as legal_forms from names
    where legal_form is not null
    group by record_id
),

places as (
    select
        record_id,
        min(written_form) as spelled_form,
        min(town) as town,
        min(site) as site
    from names
    group by record_id
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

-- What a town is called: Anvers and Antwerpen share a postal code, and are read as what most write. A postal code tells
-- the town.
postal_towns as (
    select
        postal_code,
        {{ folded(transliterated('city')) }} as town,
        count(*) as record_count
    from records
    where postal_code is not null and city is not null
    group by postal_code, {{ folded(transliterated('city')) }}
),

towns_of_codes as (
    select postal_code, town
    from postal_towns
    qualify row_number() over (partition by postal_code order by record_count desc nulls last, town asc nulls last) = 1
),

town_names as (
    select
        postal_towns.town as written_town,
        towns_of_codes.town
    from postal_towns
    inner join towns_of_codes on postal_towns.postal_code = towns_of_codes.postal_code
    qualify row_number() over (
        partition by postal_towns.town
        order by postal_towns.record_count desc nulls last, towns_of_codes.town asc nulls last
    ) = 1
),

described as (
    select
        records.record_id,
        records.source_system,
        records.country,
        name_profiles.names,
        name_profiles.name_key,
        name_profiles.name_letters,
        name_profiles.spelling_key,
        name_profiles.core_word,
        name_profiles.is_telling_name,
        name_profiles.is_long_name,
        name_profiles.initials,
        coalesce(name_profiles.marker_words, {{ empty_list() }}) as marker_words,
        name_profiles.own_words,
        name_profiles.named_words,
        name_profiles.role_words,
        coalesce(name_profiles.attached_words, {{ empty_list() }}) as attached_words,
        coalesce(name_profiles.number_words, {{ empty_list() }}) as number_words,
        legal_forms.legal_forms as written_forms,
        places.spelled_form,
        places.site,
        {{ folded(transliterated('places.town')) }} as town_in_name,
        records.postal_code,
        case
            when records.country in ('GB', 'IE') and length(records.postal_code) > 4
                then substr(records.postal_code, 1, length(records.postal_code) - 3)
            else substr(records.postal_code, 1, 3)
        end as postal_area,
        -- A town behind the name is where it is, if nothing else says.
        coalesce(
            town_names.town,
            {{ folded(transliterated('coalesce(records.city, places.town)')) }},
            towns_of_codes.town
        ) as city,
        records.house_number,
        records.street,
        records.street_side,
        records.door,
        records.phone,
        records.phone_tail,
        case when free_mail_domains.domain is null then records.domain end as domain,
        case when free_mail_domains.domain is null then {{ domain_label('records.domain') }} end as domain_label,
        case when free_mail_domains.domain is not null then records.email end as free_email,
        case when {{ is_plausible_number('records.tax_number') }} then records.tax_number end as tax_number,
        records.tax_country,
        case
            when {{ is_plausible_number('records.registration_code') }} then trim(leading '0' from records.registration_code)
        end as registration_number
    from records
    left join name_profiles on records.record_id = name_profiles.record_id
    left join legal_forms on records.record_id = legal_forms.record_id
    left join places on records.record_id = places.record_id
    left join free_mail_domains on records.domain = free_mail_domains.domain
    left join towns_of_codes on records.postal_code = towns_of_codes.postal_code
    left join town_names on {{ folded(transliterated('coalesce(records.city, places.town)')) }} = town_names.written_town
),

-- An office house, an accountant or a managing agent: a door or a telephone that customers of many names share says
-- little of each.
door_names as (
    select door, count(distinct core_word) as name_count
    from described
    group by door
),

phone_names as (
    select phone_tail, count(distinct core_word) as name_count
    from described
    group by phone_tail
),

domain_names as (
    select domain, count(distinct core_word) as name_count
    from described
    where domain is not null
    group by domain
),

-- An accountant's door with its telephone, borne by many customers, says where the accountant is.
agents as (
    select
        described.record_id,
        coalesce(phone_names.name_count >= {{ var('shared_by_names') }}, false)
        and coalesce(described.door is null or door_names.name_count >= {{ var('shared_by_names') }}, false) as has_agents_door,
        coalesce(domain_names.name_count >= {{ var('shared_by_names') }}, false) as has_agents_domain
    from described
    left join door_names on described.door = door_names.door
    left join phone_names on described.phone_tail = phone_names.phone_tail
    left join domain_names on described.domain = domain_names.domain
),

attributed as (
    select
        described.record_id,
        described.source_system,
        described.country,
        described.names,
        described.name_key,
        described.name_letters,
        described.spelling_key,
        described.core_word,
        described.is_telling_name,
        described.is_long_name,
        described.initials,
        described.marker_words,
        described.own_words,
        described.named_words,
        described.role_words,
        described.attached_words,
        described.number_words,
        described.written_forms,
        described.spelled_form,
        described.site,
        described.town_in_name,
        case when not agents.has_agents_door then described.postal_code end as postal_code,
        case when not agents.has_agents_door then described.postal_area end as postal_area,
        case when not agents.has_agents_door then described.city end as city,
        case when not agents.has_agents_door then described.house_number end as house_number,
        case when not agents.has_agents_door then described.street end as street,
        case when not agents.has_agents_door then described.street_side end as street_side,
        case when not agents.has_agents_door then described.door end as door,
        case when not agents.has_agents_door then described.phone end as phone,
        case when not agents.has_agents_door then described.phone_tail end as phone_tail,
        case when not agents.has_agents_domain then described.domain end as domain,
        case when not agents.has_agents_domain then described.domain_label end as domain_label,
        described.free_email,
        described.tax_number,
        described.tax_country,
        described.registration_number
    from described
    inner join agents on described.record_id = agents.record_id
),

-- Records of a list that says nothing but names and countries.
listed as (
    select
        record_id,
        name_letters,
        country,
        {{ joined_list('written_forms', "' '") }} as legal_form,
        case when name_letters is not null then count(*) over (partition by name_letters, country) end as spelling_count
    from attributed
    where
        country is not null
        and coalesce(postal_code, city, street, house_number, phone_tail, domain, free_email, tax_number, registration_number) is null
),

form_counts as (
    select name_letters, country, legal_form, count(*) as record_count
    from listed
    where legal_form is not null and name_letters is not null
    group by name_letters, country, legal_form
),

-- There a form is written wrong as a name is: one that stands a fifth as often as another of the same name tells of no
-- second company.
seldom_forms as (
    select *
    from form_counts
    qualify max(record_count) over (partition by name_letters, country) >= 5 * record_count
),

-- Where a name is, how it is written and how often a system has it: a name that is everywhere one thing is one
-- customer's.
held as (
    select
        source_system,
        name_key,
        count(*) as record_count
    from attributed
    where name_key is not null
    group by source_system, name_key
),

held_most as (
    select name_key, max(record_count) as record_count
    from held
    group by name_key
),

spread as (
    select
        name_key,
        count(distinct city) as town_count,
        count(distinct country) as country_count,
        count(distinct house_number) as door_count,
        count(distinct {{ dbt.right('phone_tail', 6) }}) as phone_count,
        count(distinct coalesce(domain, free_email)) as domain_count,
        count(distinct {{ joined_list('written_forms', "' '") }}) as form_count
    from attributed
    where name_key is not null
    group by name_key
),

final as (
    select
        attributed.*,
        coalesce(
            attributed.postal_code, attributed.city, attributed.street, attributed.house_number, attributed.phone_tail, attributed.domain,
            attributed.free_email, attributed.tax_number, attributed.registration_number
        ) is null as is_bare,
        -- Nothing that is known of the records of this name says that there are two of it.
        coalesce(
            attributed.is_telling_name and held_most.record_count = 1
            and greatest(spread.country_count, spread.form_count) <= 1,
            false
        ) as is_lone_name,
        coalesce(
            greatest(spread.town_count, spread.door_count, spread.phone_count) <= 1,
            false
        ) as is_lone_place,

        listed.spelling_count,
        seldom_forms.legal_form is not null as has_seldom_form,
        case when seldom_forms.legal_form is null then attributed.written_forms end as legal_forms,
        door_names.name_count as door_name_count,
        coalesce(door_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_door,
        coalesce(phone_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_phone
    from attributed
    left join listed on attributed.record_id = listed.record_id
    left join seldom_forms
        on listed.name_letters = seldom_forms.name_letters and listed.country = seldom_forms.country and listed.legal_form = seldom_forms.legal_form
    left join held_most on attributed.name_key = held_most.name_key
    left join spread on attributed.name_key = spread.name_key
    left join door_names on attributed.door = door_names.door
    left join phone_names on attributed.phone_tail = phone_names.phone_tail
)

select * from final
