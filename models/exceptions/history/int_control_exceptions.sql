-- One row per exception that a control finds on the day of the position.
{{ config(materialized='view') }}
with final as (
    {% for control_id in control_ids() %}
        select * from {{ ref('ctl_' ~ control_id) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
