-- One row per customer record, with everything that its likeness to others is judged by (see docs/decisions/0011).
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
        min(town) as town,
        min(site) as site
    from names
    group by record_id
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

told as (
    select
        records.record_id,
        records.source_system,
        records.country,
        name_profiles.names,
        name_profiles.name_key,
        name_profiles.name_letters,
        name_profiles.core_word,
        name_profiles.initials,
        coalesce(name_profiles.marker_words, {{ empty_list() }}) as marker_words,
        name_profiles.own_words,
        name_profiles.role_words,
        coalesce(name_profiles.number_words, {{ empty_list() }}) as number_words,
        legal_forms.legal_forms as written_forms,
        places.site,
        records.postal_code,
        case
            when records.country in ('GB', 'IE') and length(records.postal_code) > 4
                then substr(records.postal_code, 1, length(records.postal_code) - 3)
            else substr(records.postal_code, 1, 3)
        end as postal_area,
        -- A town behind the name is where it is, if nothing else says.
        {{ folded(transliterated(
            'coalesce(records.city, case when coalesce(records.postal_code, records.address_line) is null then places.town end)'
        )) }} as city,
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
),

-- Records of a list that says nothing but names and countries.
listed as (
    select
        record_id,
        name_letters,
        country,
        {{ joined_list('written_forms', "' '") }} as legal_form,
        case when name_letters is not null then count(*) over (partition by name_letters, country) end as spelling_count
    from told
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

-- There a form is written wrong as a name is: one that stands a fifth as often as another of the same name tells of no second company.
seldom_forms as (
    select *
    from form_counts
    qualify max(record_count) over (partition by name_letters, country) >= 5 * record_count
),

-- An office house, an accountant or a managing agent: a door or a telephone that customers of many names share says little of each.
door_names as (
    select door, count(distinct core_word) as name_count
    from told
    group by door
),

phone_names as (
    select phone_tail, count(distinct core_word) as name_count
    from told
    group by phone_tail
),

final as (
    select
        told.*,
        listed.spelling_count,
        seldom_forms.legal_form is not null as has_seldom_form,
        case when seldom_forms.legal_form is null then told.written_forms end as legal_forms,
        door_names.name_count as door_name_count,
        coalesce(door_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_door,
        coalesce(phone_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_phone
    from told
    left join listed on told.record_id = listed.record_id
    left join seldom_forms
        on listed.name_letters = seldom_forms.name_letters and listed.country = seldom_forms.country and listed.legal_form = seldom_forms.legal_form
    left join door_names on told.door = door_names.door
    left join phone_names on told.phone_tail = phone_names.phone_tail
)

select * from final
