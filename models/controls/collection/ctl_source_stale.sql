-- One row per source system that ever landed: nothing has come from it for longer than the window.
with arrivals as (
    select
        source_system,
        max(landed_at) as landed_at
    from {{ ref('stg_arrivals') }}
    group by source_system
),

-- A source that says when it was exported is as old as that.
exported as (
    select source_system, max(extracted_at) as extracted_at from {{ ref('cnf_extract_totals') }}
    group by source_system
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules('source_stale') }}
),

dated as (
    select
        arrivals.source_system,
        systems.base_currency,
        arrivals.landed_at,
        exported.extracted_at,
        least({{ local_day('coalesce(exported.extracted_at, arrivals.landed_at)', 'systems.time_zone') }}, {{ as_of() }}) as last_on
    from arrivals
    inner join systems on arrivals.source_system = systems.source_system
    left join exported on arrivals.source_system = exported.source_system
),

examined as (
    select
        dated.source_system as entity_id,
        dated.source_system,
        dated.last_on as occurred_on,
        dated.last_on,
        dated.extracted_at,
        {{ days_between('dated.last_on', as_of()) }} as days_old,
        dated.base_currency as currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(0 as decimal(18, 2)) as examined_amount,
        'nothing_landed' as cause,
        'Land ' || dated.source_system || ': the last of it is of ' || {{ day_in_words('dated.last_on') }} as suggested_action,
        {{ window_passed('dated.last_on') }} as is_exception
    from dated
    inner join rules on {{ in_force('dated.last_on') }}
),

final as (
    {{ control_rows('source_stale', 'systems', evidence=['last_on', 'extracted_at', 'days_old']) }}
)

select * from final
