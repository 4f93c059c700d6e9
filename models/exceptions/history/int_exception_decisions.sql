-- One row per exception about which somebody decided: what is in force on the day of the position.
with decisions as (
    select * from {{ ref('exception_decisions') }}
    where decided_on <= {{ as_of() }}
),

-- A waiver that its own author approved, that nobody approved, or that has run out, waives nothing.
judged as (
    select
        *,
        case
            when decision = 'acknowledged' then 'acknowledged'
            when expires_on < {{ as_of() }} then 'expired'
            when approved_by is null or lower(trim(approved_by)) = lower(trim(decided_by)) then 'not_approved'
            else 'waived'
        end as standing
    from decisions
),

final as (
    select exception_key, decision, standing, reason, decided_by, approved_by, decided_on, expires_on
    from judged
    qualify row_number() over (
        partition by exception_key
        order by decided_on desc nulls last, decision desc nulls last
    ) = 1
)

select * from final
