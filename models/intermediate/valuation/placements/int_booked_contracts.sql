-- One row per contract of a placement, with its first job, as it was known on its first day, else as it first arrived.
with placements as (
    select
        *,
        max(nullif(deal_key, 'unknown')) over (partition by contract_key) as sold_by_deal,
        row_number() over (partition by contract_key order by started_on asc nulls last, job_id nulls last) as position
    from {{ ref('int_job_terms') }}
    where job_type in ('placement', 'permanent_placement') and contract_key <> 'unknown'
),

versions as (
    select
        versions.*,
        {{ make_key(['versions.source_system', 'versions.contract_id']) }} as contract_key,
        {{ known_day('versions') }} as known_on
    from {{ ref('cnf_contract_versions') }} as versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
    where not versions.is_deleted
),

judged as (
    select
        versions.*,
        placements.job_key,
        placements.customer_key,
        placements.person_key,
        placements.sold_by_deal is not null as is_sold_by_deal,
        coalesce(versions.fee_type = 'permanent', false) or placements.job_type = 'permanent_placement' as is_permanent,
        coalesce(versions.currency, placements.contract_currency) as booked_currency,
        coalesce(versions.starts_on, placements.started_on, cast(versions.landed_at as date)) as booked_on
    from placements
    inner join versions on placements.contract_key = versions.contract_key
    where placements.position = 1
),

timed as (
    select
        *,
        known_on <= booked_on as is_known_on_day
    from judged
),

-- Of the versions known in time the last counts, of the later ones the first.
final as (
    select
        contract_key,
        job_key,
        customer_key,
        person_key,
        contract_id,
        booked_on,
        is_permanent,
        is_sold_by_deal,
        planned_quantity,
        fee_base_amount,
        fee_pct,
        booked_currency as currency,
        is_known_on_day,
        source_system,
        load_id
    from timed
    qualify row_number() over (
        partition by contract_key
        order by
            is_known_on_day desc nulls last,
            case when is_known_on_day then -version_number else version_number end nulls last
    ) = 1
)

select * from final
