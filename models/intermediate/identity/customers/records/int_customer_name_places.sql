-- One row per customer record and name it goes by, with the place where that name is this one company: other places may hold namesakes.
with records as (
    select * from {{ ref('int_customer_records') }}
),

names as (
    select distinct
        names.record_id,
        names.name,
        names.country,
        records.postal_code,
        records.city,
        records.address_line,
        records.house_number,
        records.door,
        names.written_form,
        names.town
    from {{ ref('int_customer_names') }} as names
    inner join records on names.record_id = records.record_id
    where length(names.name) > 1
),

-- A record that leaves something out is taken to be where the others of that name are, if they are in one place.
homes as (
    select
        name,
        case when min(country) = max(country) then min(country) end as country
    from names
    group by name
),

in_countries as (
    select
        names.record_id,
        names.name,
        names.country,
        names.postal_code,
        names.city,
        names.house_number,
        names.door,
        -- Of a name in no country and no place nothing is known but what is written: with its legal form or without.
        case
            when names.country is null and coalesce(names.postal_code, names.city, names.address_line) is null
                then coalesce(' ' || names.written_form, '')
            else ''
        end as written_form,
        names.town,
        coalesce(names.city, names.address_line, names.town) is not null as has_address,
        coalesce(names.country, homes.country, '') as home
    from names
    inner join homes on names.name = homes.name
),

placed as (
    select
        record_id,
        name,
        country,
        home,
        written_form,
        case
            when postal_code is not null then 'at ' || postal_code
            when city is null and door is not null then 'at ' || door
        end as place,
        case when postal_code is not null then house_number end as house_number,
        -- A town or a street alone says too little: there may be several of that name.
        postal_code is null and has_address and (city is not null or town is not null or door is null) as is_torn
    from in_countries
),

spread as (
    select
        name,
        home,
        min(place) as first_place,
        max(place) as last_place
    from placed
    group by name, home
),

-- One name with two doors in one postal code is two branches; a record without a number is at the only one there is.
doors as (
    select
        name,
        home,
        place,
        min(house_number) as first_number,
        max(house_number) as last_number
    from placed
    where place is not null
    group by name, home, place
),

final as (
    select distinct
        placed.record_id,
        placed.name,
        placed.country,
        placed.name || placed.written_form || ' ' || coalesce(placed.place, spread.first_place, '')
        || coalesce(' ' || coalesce(placed.house_number, doors.first_number), '') as evidence_value,
        (placed.place is null and (placed.is_torn or coalesce(spread.first_place < spread.last_place, false)))
        or (placed.house_number is null and coalesce(doors.first_number < doors.last_number, false)) as is_loose
    from placed
    inner join spread on placed.name = spread.name and placed.home = spread.home
    left join doors on placed.name = doors.name and placed.home = doors.home and coalesce(placed.place, spread.first_place) = doors.place
)

select * from final
