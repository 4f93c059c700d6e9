-- One row per control and version of its rule, with the days on which it judges; the first version reaches back for ever.
with registered as (
    select * from {{ ref('controls') }}
),

versioned as (
    select
        *,
        row_number() over (partition by control_id order by valid_from nulls last) as version_number,
        lead(valid_from) over (partition by control_id order by valid_from nulls last) as next_valid_from
    from registered
),

final as (
    select
        control_id,
        cast(version_number as integer) as version_number,
        case when version_number = 1 then cast('0001-01-01' as date) else valid_from end as valid_from,
        coalesce(next_valid_from, cast('9999-12-31' as date)) as valid_until,
        valid_from as registered_from_on,
        title,
        family,
        assertion,
        owner_role,
        severity,
        risk_kind,
        tolerance_amount,
        tolerance_pct,
        window_days,
        waits,
        bridge_gap,
        outside_bridge,
        why_it_matters,
        how_to_resolve
    from versioned
)

select * from final
