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
        records.address_line
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
        coalesce(names.city, names.address_line) is not null as has_address,
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
        case when postal_code is not null then 'at ' || postal_code end as place,
        -- A town or a street alone says too little: there may be several of that name.
        postal_code is null and has_address as is_torn
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
