-- One row per control that ran in this run of dbt: what it examined.
-- depends_on: {{ ref('int_control_exceptions') }}
with populations as (
    select * from {{ source('controls', 'populations') }}
),

final as (
    select
        control_id,
        population_count,
        population_amount,
        too_young_count,
        run_id
    from populations
    where run_id = '{{ invocation_id }}'
)

select * from final
