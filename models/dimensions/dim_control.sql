-- One row per control: its rule as it is in force on the day of the position.
with rules as (
    select * from {{ ref('int_control_rules') }}
),

final as (
    select
        control_id,
        registered_from_on as in_force_from_on,
        title,
        family,
        assertion,
        severity,
        risk_kind,
        owner_role,
        tolerance_amount,
        tolerance_pct,
        window_days,
        waits,
        bridge_gap,
        outside_bridge,
        why_it_matters,
        how_to_resolve,
        version_number
    from rules
    where {{ in_force(as_of()) }}
)

select * from final
