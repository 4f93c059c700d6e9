-- One row per scored pair of customer records, with what speaks against taking it for one customer without asking; null
-- where nothing does.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

letters as (
    select
        record_id,
        replace(upper({{ strip_accents('customer_name') }}), ' ', '') as letters
    from {{ ref('int_customer_records') }}
),

-- Splink counts the levels of a comparison from the last: -1 nothing to compare, 0 nothing agrees.
compared as (
    select
        pairs.*,
        -- Of a door and a telephone that agree both, one of them being shared by many is enough to know by the other.
        pairs.address_level >= 3 and (not lefts.is_shared_door or (pairs.phone_level = 2 and not lefts.is_shared_phone)) as has_door,
        pairs.phone_level = 2 and (not lefts.is_shared_phone or (pairs.address_level >= 3 and not lefts.is_shared_door)) as has_phone,
        pairs.address_level between 0 and 1 and coalesce(lefts.house_number <> rights.house_number, false) as has_other_door,
        least(pairs.address_level, pairs.phone_level, pairs.web_level) = 0
        or (pairs.address_level = 1 and lefts.postal_code <> rights.postal_code) as has_conflict,
        pairs.country_level = -1 and pairs.address_level = -1 as is_name_only,
        -- A space that moved makes other words of the same letters, such as “Estate sgmbh” of “Estates GmbH”: that says
        -- no more.
        lefts.marker_words <> rights.marker_words
        and coalesce(left_letters.letters <> right_letters.letters, true)
        -- The town that both are in tells neither apart.
        and not coalesce(
            lefts.city = rights.city
            and (
                (
                    {{ has_all('lefts.marker_words', 'rights.marker_words') }}
                    and {{ list_without('lefts.marker_words', 'rights.marker_words') }} = {{ list_of('lefts.city') }}
                )
                or (
                    {{ has_all('rights.marker_words', 'lefts.marker_words') }}
                    and {{ list_without('rights.marker_words', 'lefts.marker_words') }} = {{ list_of('rights.city') }}
                )
            ),
            false
        ) as has_other_markers,
        -- `Dr Hale & Partners` and `Dr Moss & Partners` share a title and a role, and no name.
        coalesce({{ list_without('lefts.named_words', 'rights.named_words') }} = lefts.named_words, false) as has_no_named_word,
        lefts.attached_words <> rights.attached_words as has_other_attached,
        lefts.own_words = rights.own_words as has_same_own_words,
        coalesce(lefts.role_words, {{ empty_list() }}) <> coalesce(rights.role_words, {{ empty_list() }}) as has_other_roles,
        -- Each names a number that the other does not: the second and the third.
        not {{ has_all('lefts.number_words', 'rights.number_words') }}
        and not {{ has_all('rights.number_words', 'lefts.number_words') }} as has_numbers_apart,
        lefts.number_words <> rights.number_words as has_other_numbers,
        coalesce(
            lefts.site <> rights.site or (pairs.address_level <= 0 and lefts.town_in_name <> rights.town_in_name),
            false
        ) as has_other_site,
        lefts.source_system <> rights.source_system and lefts.is_lone_name and rights.is_lone_name as is_lone_name,
        lefts.is_lone_place and rights.is_lone_place as is_lone_place,
        -- The domain of one is the name of the other, in full.
        pairs.web_level = -1 and coalesce(
            ({{ folded("upper(replace(lefts.domain_label, '-', ''))") }} = rights.name_letters and length(rights.name_letters) >= 8)
            or ({{ folded("upper(replace(rights.domain_label, '-', ''))") }} = lefts.name_letters and length(lefts.name_letters) >= 8),
            false
        ) as has_name_as_domain,
        coalesce(lefts.phone = rights.phone, false) as has_whole_phone,
        -- Of nothing but names, those that say most, word for word, with one form or none; and those with their form, for a
        -- register enters no name twice.
        pairs.name_level = 7 and lefts.source_system <> rights.source_system
        and (
            not (lefts.is_bare and rights.is_bare)
            or (
                lefts.spelling_key = rights.spelling_key
                and ((lefts.is_long_name and rights.is_long_name) or lefts.spelled_form = rights.spelled_form)
            )
        )
        and coalesce(lefts.spelled_form = rights.spelled_form, true) as is_long_name,
        lefts.tax_number <> rights.tax_number and lefts.tax_country = rights.tax_country and pairs.numbers_level <> 1 as has_other_tax_number,
        -- Registered names that differ are two companies; what people call a place or a department may differ.
        lefts.legal_forms is not null and rights.legal_forms is not null as is_registered,
        lefts.legal_forms is not null or rights.legal_forms is not null as has_form,
        lefts.source_system as left_system,
        rights.source_system as right_system,
        lefts.source_system = rights.source_system as is_within_system
    from pairs
    inner join profiles as lefts on pairs.left_record_id = lefts.record_id
    inner join profiles as rights on pairs.right_record_id = rights.record_id
    left join letters as left_letters on pairs.left_record_id = left_letters.record_id
    left join letters as right_letters on pairs.right_record_id = right_letters.record_id
),

supported as (
    select
        *,
        case when has_door or (address_level = 2) then 1 else 0 end
        -- At one door, a telephone with one digit that differs is that telephone, mistyped.
        + case when has_phone or (has_door and phone_level = 1) then 1 else 0 end
        -- That the domain is the name again, under another country's letters, is not said twice.
        + case when web_level >= 2 or has_name_as_domain then 1 else 0 end
        + case when numbers_level = 2 then 2 else 0 end as support_count,
        country_level = 1 and greatest(address_level, phone_level, web_level, numbers_level) = -1 as is_of_lists,
        -- What a register does not keep apart is told by door and telephone.
        not has_form and has_door as is_told_by_door,
        -- At one door with one telephone, what one name says more is said of the same place; not a role or a number
        -- alone, which names a company of a group.
        not has_form and has_door and has_phone and not has_numbers_apart
        and not (has_same_own_words and (has_other_roles or has_other_numbers)) as is_marked_in_passing
    from compared
),

final as (
    select
        *,
        case
            when has_other_tax_number then 'their tax numbers differ'
            when numbers_level = 0 then 'their register numbers differ'
            when country_level = 0 then 'they are in different countries'
            when name_level = -1 and support_count < 2 then 'one of them has no name that says who it is'
            when name_level <= 1 and name_level >= 0 then 'their names say two companies'
            when has_other_attached and numbers_level <> 2 then 'one is attached to the other: a club, a fund or a council of its own'
            when legal_form_level = 0 and numbers_level <> 2 then 'their legal forms differ'
            when has_other_site then 'their names say two sites'
            when name_level = 2 and support_count < 2 and not has_door then 'one name is only the initials of the other'
            when
                not is_marked_in_passing and (
                    (name_level = 4 and has_other_markers and (has_form or has_same_own_words or has_numbers_apart))
                    or (name_level = 3 and has_other_markers and (has_same_own_words or has_numbers_apart or has_other_roles))
                    or (name_level in (3, 5) and has_other_numbers)
                )
                then 'one name says more: a role, a place or a number'
            when name_level = 3 and (not is_told_by_door or has_no_named_word) then 'each name says more than the other'
            -- One system that has both spellings beside each other may well mean two. A telephone of their own in one
            -- town is enough across systems.
            when
                name_level = 4 and not is_told_by_door and support_count < case when is_within_system then 3 else 2 end
                and not (has_phone and has_whole_phone and address_level >= 1 and not is_within_system)
                then 'one name says more, and too little else agrees'
            when name_level = 5 and support_count < 1 and not (is_of_lists and legal_form_level <> 0)
                then 'the names differ in spelling, and nothing else agrees'
            when has_conflict and support_count < 1 then 'the names agree, and nothing else does'
            -- Who moved keeps name and telephone, or name and domain.
            when
                has_other_door and support_count < 2
                and not (name_level >= 6 and is_lone_name and ((has_phone and has_whole_phone) or web_level >= 2))
                then 'the names agree, and they are at two doors'
            when is_name_only and support_count < 1 and not (is_long_name and is_lone_name and is_lone_place) then 'nothing is known but the names'
        end as objection
    from supported
)

select * from final
