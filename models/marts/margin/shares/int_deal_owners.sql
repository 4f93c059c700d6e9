-- One row per deal and owner, with the days on which he had it: from the stamp of a version on, the first known one also before.
with versions as (
    select
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        nullif(people.person_key, 'unknown') as person_key,
        cast(coalesce(deals.updated_at, deals.landed_at) as date) as known_on,
        coalesce(deals.updated_at, deals.landed_at) as known_at,
        deals.version_number
    from {{ ref('cnf_deal_versions') }} as deals
    left join {{ ref('xref_person') }} as people
        on deals.source_system = people.source_system and deals.owner_id = people.source_id
    where not deals.is_deleted
),

-- Of the versions of one day the last one says who has the deal.
daily as (
    select deal_key, person_key, known_on
    from versions
    qualify row_number() over (
        partition by deal_key, known_on order by known_at desc nulls last, version_number desc nulls last
    ) = 1
),

turns as (
    select
        *,
        row_number() over (partition by deal_key order by known_on nulls last) as position,
        lag(person_key) over (partition by deal_key order by known_on nulls last) as person_before
    from daily
),

changes as (
    select * from turns
    where position = 1 or coalesce(person_key, 'nobody') <> coalesce(person_before, 'nobody')
),

final as (
    select
        deal_key,
        coalesce(person_key, 'nobody') as person_key,
        case when position > 1 then known_on else cast('1900-01-01' as date) end as valid_from,
        lead(known_on) over (partition by deal_key order by known_on nulls last) as valid_until
    from changes
)

select * from final
