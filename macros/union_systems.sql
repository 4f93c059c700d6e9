{# One entity of the input layer, from every system that is switched on and has it (`vars: systems` in dbt_project.yml). The columns are
   those of the model's contract, less `without`; where no system has the entity the relation is there all the same, typed and empty. #}
{% macro union_systems(entity, listed_as=none, without=[]) %}
    {%- set systems = [] -%}
    {%- for system, entities in (var('systems') or {}).items() if (listed_as or entity) in (entities or []) -%}
        {%- do systems.append(system) -%}
    {%- endfor -%}
    {%- set columns = model.get('columns', {}).values() | rejectattr('name', 'in', without) | list -%}
    {%- set names = columns | map(attribute='name') | join(', ') or '*' -%}
    {% for system in systems %}
    select {{ names }} from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        {% for column in columns %}cast(null as {{ column.data_type }}) as {{ column.name }}{{ ', ' if not loop.last }}{% else %}null{% endfor %}
    where 1 = 0
    {% endfor %}
{% endmacro %}
