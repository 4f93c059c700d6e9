-- One row per position: the settings of the seed `matching_policy` in force on its day, side by side.
with in_force as (
    select setting, value
    from {{ ref('matching_policy') }}
    where valid_from <= {{ as_of() }}
    qualify row_number() over (partition by setting order by valid_from desc nulls last) = 1
),

final as (
    select
        max(case when setting = 'price_plausibility' then value end) as price_plausibility,
        cast(round(max(case when setting = 'duplicate_window_days' then value end)) as integer) as duplicate_window_days,
        max(case when setting = 'duplicate_answered_pct' then value end) as duplicate_answered_pct,
        cast(round(max(case when setting = 'recognition_window_days' then value end)) as integer) as recognition_window_days,
        cast(round(max(case when setting = 'billing_window_days' then value end)) as integer) as billing_window_days,
        cast(round(max(case when setting = 'numbering_jump' then value end)) as integer) as numbering_jump,
        max(case when setting = 'numbering_missing_pct' then value end) as numbering_missing_pct,
        cast(round(max(case when setting = 'rate_lookback_days' then value end)) as integer) as rate_lookback_days,
        max(case when setting = 'exchange_difference_pct' then value end) as exchange_difference_pct
    from in_force
)

select * from final
