-- One row per control: its rule as it is in force on the day of the position.
with rules as (
    select * from {{ ref('int_control_rules') }}
),

final as (
    select
        control_id,
        valid_from as in_force_from_on,
        title,
        family,
        assertion,
        severity,
        owner_role,
        tolerance_amount,
        tolerance_pct,
        window_days,
        bridge_gap,
        why_it_matters,
        how_to_resolve,
        version_number
    from rules
    where {{ in_force(as_of()) }}
)

select * from final
