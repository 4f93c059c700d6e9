{# One entity of the input layer, from every system that is switched on and has it (`vars: systems` in dbt_project.yml). The columns are
   those of the model's contract, less `without`; where no system has the entity the relation is there all the same, typed and empty.
   A text of which nothing can be seen is null here, whatever system it comes from. #}
{% macro union_systems(entity, listed_as=none, without=[]) %}
    {%- set systems = [] -%}
    {%- for system, entities in (var('systems') or {}).items() if (listed_as or entity) in (entities or []) -%}
        {%- do systems.append(system) -%}
    {%- endfor -%}
    {%- set columns = model.get('columns', {}).values() | rejectattr('name', 'in', without) | list -%}
    {% for system in systems %}
    select
        {% for column in columns -%}
            {%- if column.data_type == 'text' and column.name not in ('source_system', 'load_id') -%}
                {{ given(column.name) }} as {{ column.name }}
            {%- else -%}
                {{ column.name }}
            {%- endif -%}
            {{ ', ' if not loop.last }}
        {% else %}*{% endfor %}
    from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        {% for column in columns %}cast(null as {{ column.data_type }}) as {{ column.name }}{{ ', ' if not loop.last }}{% else %}null{% endfor %}
    where 1 = 0
    {% endfor %}
{% endmacro %}
