{# One entity of the input layer, from every system that is switched on and has it (`vars: systems` in dbt_project.yml). #}
{% macro union_systems(entity) %}
    {%- set systems = [] -%}
    {%- for system, entities in var('systems').items() if entity in entities -%}
        {%- do systems.append(system) -%}
    {%- endfor -%}
    {% for system in systems %}
    select * from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
{% endmacro %}
