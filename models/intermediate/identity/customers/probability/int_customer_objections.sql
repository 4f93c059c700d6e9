-- One row per scored pair of customer records, with what speaks against taking it for one customer without asking; null where nothing does.
with pairs as (
    select * from {{ ref('int_customer_pairs') }}
),

profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

-- Splink counts the levels of a comparison from the last: -1 nothing to compare, 0 nothing agrees.
supported as (
    select
        pairs.*,
        case when pairs.address_level >= 3 then 1 else 0 end
        + case when pairs.phone_level = 2 then 1 else 0 end
        + case when pairs.web_level >= 1 then 1 else 0 end
        + case when pairs.numbers_level = 2 then 2 else 0 end as support_count,
        least(pairs.address_level, pairs.phone_level, pairs.web_level) = 0 as has_conflict,
        lefts.marker_words <> rights.marker_words as has_other_markers,
        lefts.tax_number <> rights.tax_number and lefts.tax_country = rights.tax_country and pairs.numbers_level <> 1 as has_other_tax_number,
        lefts.source_system as left_system,
        rights.source_system as right_system
    from pairs
    inner join profiles as lefts on pairs.left_record_id = lefts.record_id
    inner join profiles as rights on pairs.right_record_id = rights.record_id
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
        case
            when has_other_tax_number then 'their tax numbers differ'
            when numbers_level = 0 then 'their register numbers differ'
            when country_level = 0 then 'they are in different countries'
            when name_level <= 1 then 'their names say two companies'
            when legal_form_level = 0 and numbers_level <> 2 then 'their legal forms differ'
            when name_level = 2 and support_count < 2 then 'one name is only the other''s initials'
            when name_level = 3 and has_other_markers then 'one name says more: a role, a place or a number'
            when name_level = 3 and support_count < 3 then 'one name says more, and too little else agrees'
            when name_level = 4 and support_count < 1 then 'the names differ in spelling, and nothing else agrees'
            when has_conflict and support_count < 1 then 'the names agree, and nothing else does'
        end as objection
    from supported
)

select * from final
