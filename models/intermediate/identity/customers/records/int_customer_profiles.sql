-- One row per customer record, with everything that its likeness to others is judged by (see docs/decisions/0011).
with records as (
    select * from {{ ref('int_customer_records') }}
),

words as (
    select * from {{ ref('int_customer_words') }}
),

marked as (
    select
        *,
        word
        || coalesce('~' || own_spelling, '')
        || case when name_count >= {{ var('common_word_names') }} then '*' else '' end
        || case when is_form_slip then '?' else '' end as marked_word
    from words
),

names as (
    select
        record_id,
        is_main,
        name,
        {{ joined_in_order('marked_word', "' '", ['place']) }} as words
    from marked
    group by record_id, is_main, name
),

named as (
    select
        record_id,
        -- All names it goes by, as pipelines/tieout/identity/names.py reads them: a star stands after a word that many have, a question mark after
        -- one that may be a legal form, mistyped.
        {{ joined_in_order('words', "'|'", ['is_main desc', 'name asc']) }} as names
    from names
    group by record_id
),

main_words as (
    select
        words.*,
        -- The word that says most: the rarest, and not one that only says what a company does or where.
        row_number() over (
            partition by words.record_id
            order by
                case words.kind when 'own' then 0 when 'plain' then 1 when 'place' then 2 when 'role' then 3 else 4 end asc nulls last,
                words.record_count asc nulls last, length(words.word) desc nulls last, words.word asc nulls last
        ) as weight_rank
    from words
    where words.is_main
),

main_names as (
    select
        record_id,
        {{ list_in_order('word', ['word']) }} as sorted_words,
        {{ list_in_order('word', ['place']) }} as words,
        max(case when weight_rank = 1 then word end) as core_word
    from main_words
    group by record_id
),

cities as (
    select
        record_id,
        {{ folded(transliterated('city')) }} as city,
        -- `Level 4, 88 Pitt Street`: the number of the floor or the unit is none of the house, unless it is all there is.
        {% set floors = 'LEVEL|LVL|UNIT|SUITE|STE|FLOOR|FLAT|APT|ROOM|RM|SHOP|OFFICE' %}
        coalesce(
            {{ extract_first('upper(address_line)', '^(?:' ~ floors ~ ')[. ]*[0-9]+[A-Z]?[ ,/-][^0-9]*([0-9]+)') }},
            {{ extract_first('upper(address_line)', '([0-9]+)') }}
        ) as house_number
    from records
),

-- Words that tell the companies of one group, the branches of one chain or the numbers of one series apart.
telling_words as (
    select distinct
        words.record_id,
        words.word,
        words.kind = 'role' as is_role,
        {{ number_in('words.word') }} is not null as is_number
    from words
    inner join cities on words.record_id = cities.record_id
    where
        words.is_main
        -- The number of its own house in its name tells it from nobody at that door.
        and (length(words.word) < 3 or coalesce(words.word <> cities.house_number, true))
        and (
            words.kind in ('role', 'place')
            or words.word = cities.city
            or length(words.word) = 1
            or {{ number_in('words.word') }} is not null
        )
),

marker_words as (
    select
        record_id,
        {{ sorted_set('word') }} as marker_words
    from telling_words
    group by record_id
),

own_words as (
    select
        main_names.record_id,
        {{ list_without('main_names.sorted_words', 'coalesce(marker_words.marker_words, ' ~ empty_list() ~ ')') }} as own_words
    from main_names
    left join marker_words on main_names.record_id = marker_words.record_id
),

role_words as (
    select
        record_id,
        {{ sorted_set('word') }} as role_words
    from telling_words
    where is_role
    group by record_id
),

number_words as (
    select
        record_id,
        {{ sorted_set('word') }} as number_words
    from telling_words
    where is_number
    group by record_id
),

legal_forms as (
    select
        record_id,
        {{ sorted_set('legal_form') }} as legal_forms
    from {{ ref('int_customer_names') }}
    where legal_form is not null
    group by record_id
),

towns as (
    select
        record_id,
        min(town) as town
    from {{ ref('int_customer_names') }}
    where town is not null
    group by record_id
),

sites as (
    select
        record_id,
        min(site) as site
    from {{ ref('int_customer_names') }}
    where site is not null
    group by record_id
),

free_mail_domains as (
    select domain from {{ ref('free_mail_domains') }}
),

told as (
    select
        records.record_id,
        records.source_system,
        records.country,
        named.names,
        {{ joined_list("main_names.sorted_words", "' '") }} as name_key,
        {{ joined_list("main_names.words", "''") }} as name_letters,
        main_names.core_word,
        {{ initials('main_names.words') }} as initials,
        coalesce(marker_words.marker_words, {{ empty_list() }}) as marker_words,
        own_words.own_words,
        role_words.role_words,
        coalesce(number_words.number_words, {{ empty_list() }}) as number_words,
        legal_forms.legal_forms as written_forms,
        sites.site,
        records.postal_code,
        case
            when records.country in ('GB', 'IE') and length(records.postal_code) > 4
                then substr(records.postal_code, 1, length(records.postal_code) - 3)
            else substr(records.postal_code, 1, 3)
        end as postal_area,
        -- A town behind the name is where it is, if nothing else says.
        coalesce(
            cities.city,
            case when coalesce(records.postal_code, records.address_line) is null then {{ folded(transliterated('towns.town')) }} end
        ) as city,
        cities.house_number,
        {{ street_of('records.address_line') }} as street,
        {{ street_side('records.address_line') }} as street_side,
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
    inner join cities on records.record_id = cities.record_id
    left join named on records.record_id = named.record_id
    left join main_names on records.record_id = main_names.record_id
    left join marker_words on records.record_id = marker_words.record_id
    left join own_words on records.record_id = own_words.record_id
    left join role_words on records.record_id = role_words.record_id
    left join number_words on records.record_id = number_words.record_id
    left join legal_forms on records.record_id = legal_forms.record_id
    left join towns on records.record_id = towns.record_id
    left join sites on records.record_id = sites.record_id
    left join free_mail_domains on records.domain = free_mail_domains.domain
),

doors as (
    select
        *,
        house_number || ' ' || substr(street, 1, 8) as door
    from told
),

-- An office house, an accountant or a managing agent: a door or a telephone that customers of many names share says little of each.
door_names as (
    select door, count(distinct core_word) as name_count
    from doors
    where door is not null
    group by door
),

phone_names as (
    select phone_tail, count(distinct core_word) as name_count
    from doors
    where phone_tail is not null
    group by phone_tail
),

-- Records of a list that says nothing but names and countries.
listed as (
    select
        record_id,
        name_letters,
        country,
        {{ joined_list("written_forms", "' '") }} as legal_form
    from doors
    where
        country is not null
        and coalesce(postal_code, city, street, house_number, phone_tail, domain, free_email, tax_number, registration_number) is null
),

form_counts as (
    select name_letters, country, legal_form, count(*) as record_count
    from listed
    where legal_form is not null
    group by name_letters, country, legal_form
),

form_mosts as (
    select name_letters, country, max(record_count) as record_count
    from form_counts
    group by name_letters, country
),

-- There a form is written wrong as a name is: one that stands a fifth as often as another of the same name tells of no second company.
seldom_forms as (
    select listed.record_id
    from listed
    inner join form_counts
        on listed.name_letters = form_counts.name_letters and listed.country = form_counts.country and listed.legal_form = form_counts.legal_form
    inner join form_mosts on listed.name_letters = form_mosts.name_letters and listed.country = form_mosts.country
    where form_mosts.record_count >= 5 * form_counts.record_count
),

final as (
    select
        doors.*,
        seldom_forms.record_id is not null as has_seldom_form,
        case when seldom_forms.record_id is null then doors.written_forms end as legal_forms,
        door_names.name_count as door_name_count,
        coalesce(door_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_door,
        coalesce(phone_names.name_count, 0) >= {{ var('shared_by_names') }} as is_shared_phone
    from doors
    left join door_names on doors.door = door_names.door
    left join phone_names on doors.phone_tail = phone_names.phone_tail
    left join seldom_forms on doors.record_id = seldom_forms.record_id
)

select * from final
