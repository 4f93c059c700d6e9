-- One row per company of HubSpot that was merged into another: the survivor lists the ids of those it took in, which are gone themselves.
with companies as (
    {{ raw_latest('hubspot', 'companies') }}
),

listed as (
    select
        id,
        {{ each_match('hs_merged_object_ids', '[0-9]+') }} as customer_id,
        _load_id,
        _landed_at
    from companies
    where {{ given('hs_merged_object_ids') }} is not null
),

renamed as (
    select distinct
        customer_id,
        id as survivor_id,
        'hubspot' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from listed
    where customer_id <> id
)

select * from renamed
