-- One row per job of which something was sold: since when the win that stands is won, and when the last one was taken
-- back.
with wins as (
    select
        job_key,
        min(case when valuation_rule <> 'un_won' then event_on end) as won_on,
        max(case when valuation_rule = 'un_won' then event_on end) as unwon_on
    from {{ ref('int_booked_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
    group by job_key, source_system, deal_id, win_number
    union all
    select
        job_key,
        event_on,
        cast(null as date)
    from {{ ref('int_placement_bookings') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
),

final as (
    select
        job_key,
        coalesce(min(case when unwon_on is null then won_on end), max(won_on)) as won_on,
        case when count(case when unwon_on is null then 1 end) = 0 then max(unwon_on) end as unwon_on
    from wins
    where job_key <> 'unknown'
    group by job_key
)

select * from final
