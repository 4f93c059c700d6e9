-- One row per scored pair of customer records, with what speaks against taking it for one customer without asking (null where nothing does),
-- and whether that is enough not to ask at all.
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
supported as (
    select
        pairs.*,
        case when pairs.address_level >= 2 then 1 else 0 end
        + case when pairs.phone_level = 2 then 1 else 0 end
        -- That the domain is the name again, under another country's letters, is not said twice.
        + case when pairs.web_level >= 2 then 1 else 0 end
        + case when pairs.numbers_level = 2 then 2 else 0 end as support_count,
        least(pairs.address_level, pairs.phone_level, pairs.web_level) = 0
        or (pairs.address_level = 1 and lefts.postal_code <> rights.postal_code) as has_conflict,
        -- A space that moved makes other words of the same letters, such as “Estate sgmbh” of “Estates GmbH”: that says no more.
        lefts.marker_words <> rights.marker_words
        and coalesce(left_letters.letters <> right_letters.letters, true) as has_other_markers,
        lefts.number_words <> rights.number_words as has_other_numbers,
        coalesce(lefts.site <> rights.site, false) as has_other_site,
        lefts.tax_number <> rights.tax_number and lefts.tax_country = rights.tax_country and pairs.numbers_level <> 1 as has_other_tax_number,
        lefts.source_system as left_system,
        rights.source_system as right_system,
        lefts.source_system = rights.source_system as is_within_system
    from pairs
    inner join profiles as lefts on pairs.left_record_id = lefts.record_id
    inner join profiles as rights on pairs.right_record_id = rights.record_id
    left join letters as left_letters on pairs.left_record_id = left_letters.record_id
    left join letters as right_letters on pairs.right_record_id = right_letters.record_id
),

objected as (
    select
        *,
        case
            when has_other_tax_number then 'their tax numbers differ'
            when numbers_level = 0 then 'their register numbers differ'
            when country_level = 0 then 'they are in different countries'
            when name_level <= 1 then 'their names say two companies'
            when legal_form_level = 0 and numbers_level <> 2 then 'their legal forms differ'
            when has_other_site then 'their names say two sites'
            when name_level = 2 and support_count < 2 then 'one name is only the initials of the other'
            when (name_level = 3 and has_other_markers) or (name_level = 4 and has_other_numbers)
                then 'one name says more: a role, a place or a number'
            -- One system that has both spellings beside each other may well mean two.
            when name_level = 3 and support_count < case when is_within_system then 3 else 2 end then 'one name says more, and too little else agrees'
            when name_level = 4 and support_count < 1 then 'the names differ in spelling, and nothing else agrees'
            when has_conflict and support_count < 1 then 'the names agree, and nothing else does'
        end as objection
    from supported
),

final as (
    select
        left_record_id,
        right_record_id,
        left_system,
        right_system,
        probability,
        name_level,
        address_level,
        phone_level,
        web_level,
        numbers_level,
        country_level,
        legal_form_level,
        support_count,
        objection,
        coalesce(
            objection in ('their tax numbers differ', 'their register numbers differ', 'their names say two companies')
            or (is_within_system and objection in ('their legal forms differ', 'one name says more: a role, a place or a number')),
            false
        ) as is_apart,
        -- A new name at the same door, telephone and domain may be the old customer, renamed.
        -- Not where one says a role or a place that the other does not: that is how the companies of a group are named.
        objection = 'their names say two companies' and name_level = 1 and support_count >= 3 and not is_within_system and not has_other_markers
            as may_be_renamed
    from objected
)

-- What a register or the names themselves say is no question for a person.
select
    *,
    is_apart and not may_be_renamed as is_rejected
from final
