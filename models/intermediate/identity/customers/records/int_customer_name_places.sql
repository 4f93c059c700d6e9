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
        records.city
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
        coalesce(names.country, homes.country, '') as home
    from names
    inner join homes on names.name = homes.name
),

towns as (
    select
        name,
        home,
        city,
        min(postal_code) as first_code,
        max(postal_code) as last_code
    from in_countries
    where city is not null
    group by name, home, city
),

placed as (
    select
        in_countries.record_id,
        in_countries.name,
        in_countries.country,
        in_countries.home,
        case
            when in_countries.postal_code is not null then 'at ' || in_countries.postal_code
            when towns.first_code = towns.last_code then 'at ' || towns.first_code
            when in_countries.city is not null and towns.first_code is null then 'in ' || in_countries.city
        end as place,
        in_countries.city is not null and towns.first_code < towns.last_code and in_countries.postal_code is null as is_torn
    from in_countries
    left join towns
        on in_countries.name = towns.name and in_countries.home = towns.home and in_countries.city = towns.city
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

final as (
    select
        placed.record_id,
        placed.name,
        placed.country,
        placed.name || ' ' || coalesce(placed.place, spread.first_place, '') as evidence_value,
        placed.place is null and (placed.is_torn or coalesce(spread.first_place < spread.last_place, false)) as is_loose
    from placed
    inner join spread on placed.name = spread.name and placed.home = spread.home
)

select * from final
