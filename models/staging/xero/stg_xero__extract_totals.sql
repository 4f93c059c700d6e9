-- One row per table of raw_xero of which Xero said how much there is, as it said at the last landing.
with load_log as (
    select * from {{ source('raw_xero', 'load_log') }}
),

loads as (
    select * from {{ source('tieout_meta', 'loads') }}
),

latest as (
    select load_log.*
    from load_log
    inner join loads on load_log.load_id = loads.load_id
    where load_log.said_count is not null and loads.status <> 'rejected' and loads.landed_at <= {{ known_at() }}
    qualify row_number() over (partition by load_log.entity order by load_log.load_id desc nulls last) = 1
),

renamed as (
    select
        entity,
        cast(said_count as integer) as row_count,
        said_amount as amount_total,
        landed_at as extracted_at,
        'xero' as source_system,
        load_id,
        landed_at
    from latest
)

select * from renamed
