{# One entity of the input layer, from every system that is switched on and has it (`vars: systems` in dbt_project.yml). The columns are
   those of the model's contract, less `without`; where no system has the entity the relation is there all the same, typed and empty.
   A text of which nothing can be seen is null here, whatever system it comes from. `in_shape` leaves out the systems that do not keep the entity
   as it is landed. #}
{% macro union_systems(entity, listed_as=none, without=[], in_shape=false) %}
    {%- set systems = [] -%}
    {%- for system, entities in (var('systems') or {}).items() if (listed_as or entity) in (entities or []) -%}
        {%- if not in_shape or system in (var('landed_in_shape') or {}) -%} {%- do systems.append(system) -%} {%- endif -%}
    {%- endfor -%}
    {%- set columns = model.get('columns', {}).values() | rejectattr('name', 'in', without) | list -%}
    {% for system in systems %}
    {%- set staged = (var('landed_in_shape') or {}).get(system) -%}
    select
        {% for column in columns -%}
            {%- if column.data_type == 'text' and column.name not in ('source_system', 'load_id') -%}
                {{ given(column.name) }} as {{ column.name }}
            {%- else -%}
                {{ column.name }}
            {%- endif -%}
            {{ ', ' if not loop.last }}
        {% else %}*{% endfor %}
    from {% if staged is none or entity in staged %}{{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {%- else %}({{ as_landed(system, listed_as or entity, columns, every_version=listed_as is not none) }}) as landed{% endif %}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        {% for column in columns %}cast(null as {{ engine_type(column.data_type) }}) as {{ column.name }}{{ ', ' if not loop.last }}{% else %}null{% endfor %}
    where 1 = 0
    {% endfor %}
{% endmacro %}

{# The records of a raw table that has the input layer's columns already (`vars: landed_in_shape`): what every staging model does is all
   there is to do, and is done here. Files hold whole numbers wider than the input layer does. Each folder of `imports` is a system of its own,
   which its rows name; any other connector is one. #}
{% macro as_landed(system, table, columns, every_version=false) %}
        {%- set lineage = {'load_id': '_load_id', 'landed_at': '_landed_at'} -%}
        {%- set of_versions = {'updated_at': '_updated_at', 'version_number': '_version', 'is_deleted': '_is_deleted'} -%}
        select
            {% for column in columns -%}
                {%- set landed = lineage.get(column.name) or (of_versions.get(column.name) if every_version) or column.name -%}
                {%- if column.name == 'source_system' and system != 'imports' -%}'{{ system }}' as source_system
                {%- elif column.data_type == 'integer' -%}cast({{ landed }} as integer) as {{ column.name }}
                {%- else -%}{{ landed }}{{ ' as ' ~ column.name if landed != column.name }}
                {%- endif -%}
                {{ ', ' if not loop.last }}
            {% else %}*{% endfor %}
        from ({{ raw_versions(system, table) if every_version else raw_latest(system, table) }}) as source
{% endmacro %}
