-- One row per two customer records at one door that few names share, of names that describe and no number or domain: called otherwise, or neighbours.
with profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

-- A registered name tells a company from its neighbours; what people call a place does not tell one place from another.
described as (
    select
        profiles.record_id,
        profiles.door,
        profiles.street,
        profiles.street_side,
        profiles.postal_code,
        profiles.city,
        profiles.country,
        profiles.domain,
        profiles.tax_number,
        profiles.registration_number,
        keys.customer_key,
        keys.position
    from profiles
    inner join keys on profiles.record_id = keys.record_id
    where profiles.legal_forms is null and profiles.core_word is not null and profiles.door_name_count between 2 and 3
),

final as (
    select
        lefts.record_id as left_record_id,
        rights.record_id as right_record_id
    from described as lefts
    inner join described as rights on lefts.door = rights.door and lefts.customer_key < rights.customer_key
    where
        lefts.street = rights.street
        and coalesce(lefts.street_side = rights.street_side, true)
        and coalesce(lefts.postal_code = rights.postal_code, true)
        and coalesce(lefts.city = rights.city, true)
        and coalesce(lefts.country = rights.country, true)
        and coalesce(lefts.domain = rights.domain, true)
        and coalesce(lefts.tax_number = rights.tax_number, true)
        and coalesce(lefts.registration_number = rights.registration_number, true)
    -- One question for two customers, by the records that speak first.
    qualify row_number() over (
        partition by lefts.customer_key, rights.customer_key
        order by
            lefts.position asc nulls last,
            rights.position asc nulls last,
            lefts.record_id asc nulls last,
            rights.record_id asc nulls last
    ) = 1
)

select * from final
