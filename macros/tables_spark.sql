{# How tables and seeds are written on Spark. #}

{# A type of a contract or of a seed as the engine calls it. #}
{% macro engine_type(data_type) -%} {{ adapter.dispatch('engine_type', 'tieout')(data_type) }} {%- endmacro %}

{% macro default__engine_type(data_type) -%} {{ data_type }} {%- endmacro %}

{% macro spark__engine_type(data_type) -%}
    {{- 'string' if data_type | lower in ('text', 'varchar') else data_type -}}
{%- endmacro %}

{# A contract's columns are the table's, and the query fills them by name: a value that is none of its type stops the build, as in DuckDB. #}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' -%}
        {{ compiled_code }}
    {%- elif config.get('contract').enforced and model.resource_type == 'model' -%}
        {%- call statement('columns') -%}
            create table {{ relation }} (
                {% for column in model.columns.values() -%}
                    {{ adapter.quote(column.name) }} {{ engine_type(column.data_type) }}{{ ', ' if not loop.last }}
                {%- endfor %}
            ) using parquet
        {%- endcall %}
        insert into {{ relation }} by name
        {{ compiled_code }}
    {%- else -%}
        create table {{ relation }} using parquet as
        {{ compiled_code }}
    {%- endif -%}
{%- endmacro %}

{# Parquet keeps no promise of its own that a column is filled: it is looked at, where the contract says so. #}
{% macro spark__persist_constraints(relation, model) %}
    {%- set filled = [] -%}
    {%- for column in model.columns.values() -%}
        {%- if column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}{%- do filled.append(column.name) -%}{%- endif -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and filled -%}
        {%- set counted -%}
            select {% for name in filled %}count_if({{ adapter.quote(name) }} is null) as {{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %}
            from {{ relation }}
        {%- endset -%}
        {%- set counts = run_query(counted).rows[0].values() -%}
        {%- for name, count in zip(filled, counts) if count > 0 -%}
            {{ exceptions.raise_database_error(relation ~ ': ' ~ name ~ ' is empty in ' ~ count ~ ' rows, and its contract says that it is filled') }}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{# A seed's rows as literals: dbt's own leave a quote in a text as it is. #}
{% macro spark__create_csv_table(model, agate_table) %}
    {%- set types = seed_types(model, agate_table) -%}
    {%- set sql -%}
        create table {{ this }} (
            {% for name in agate_table.column_names %}{{ adapter.quote(name) }} {{ types[name] }}{{ ', ' if not loop.last }}{% endfor %}
        ) using parquet
    {%- endset -%}
    {% call statement('_') %}{{ sql }}{% endcall %}
    {{ return(sql) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = seed_types(model, agate_table) -%}
    {%- set sql -%}
        insert into {{ this }} by name
        select
            {% for name in agate_table.column_names %}cast({{ adapter.quote(name) }} as {{ types[name] }}) as {{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %}
        from values
            {% for row in agate_table.rows %}({% for value in row %}{{ spark_literal(value) }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
            {% endfor %} as rows ({% for name in agate_table.column_names %}{{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endset -%}
    {%- if agate_table.rows | length -%}{% call statement('rows') %}{{ sql }}{% endcall %}{%- endif -%}
    {{ return(sql) }}
{% endmacro %}

{% macro seed_types(model, agate_table) -%}
    {%- set types = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.update({name: engine_type(model.config.get('column_types', {}).get(name, adapter.convert_type(agate_table, loop.index0))) | trim}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{% macro spark_literal(value) -%}
    {%- if value is none -%} cast(null as string)
    {%- else -%} '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') }}' {%- endif -%}
{%- endmacro %}

{% macro spark__examined_relation() -%}
    {{ return(api.Relation.create(schema=this.schema, identifier=model.name ~ '__examined', type='table')) }}
{%- endmacro %}

{# What a control examined is a table for as long as it is counted; what it counted is a partition of its own, which a second run replaces. #}
{% macro spark__examine(examined, sql) -%}
    {%- do run_query('drop table if exists ' ~ examined) -%}
    create table {{ examined }} using parquet as
    {{ sql }}
{%- endmacro %}

{% macro spark__keep_population(populations, control_id, examined) -%}
    {% call statement('populations') -%}
        create table if not exists {{ populations }} (
            population_count bigint, population_amount decimal(38, 2), run_id string, too_young_count bigint, control_id string
        ) using parquet partitioned by (control_id)
    {%- endcall %}
    insert overwrite {{ populations }} partition (control_id = '{{ control_id }}')
    select
        count(*), cast(coalesce(sum(abs(examined_amount)), 0) as decimal(38, 2)), '{{ invocation_id }}',
        coalesce(sum(case when not is_exception and found_from_on > {{ as_of() }} then 1 else 0 end), 0)
    from {{ examined }}
{%- endmacro %}

{# The columns of tables that hold floating-point numbers, of these schemas. #}
{% macro floating_columns(schemas) -%} {{ adapter.dispatch('floating_columns', 'tieout')(schemas) }} {%- endmacro %}

{% macro default__floating_columns(schemas) %}
select
    table_schema,
    table_name,
    column_name,
    data_type
from information_schema.columns
where
    lower(data_type) in ('double', 'double precision', 'float', 'real', 'float4', 'float8')
    and table_schema in ('{{ schemas | join("', '") }}')
    and table_catalog = '{{ target.database }}'
{% endmacro %}

{# Spark's session has no information schema: its tables are asked one by one. #}
{% macro spark__floating_columns(schemas) %}
    {%- set found = [] -%}
    {%- set asked = execute and flags.WHICH in ('build', 'test') -%}
    {%- set nodes = graph.nodes.values() if asked else [] -%}
    {%- for node in nodes if node.resource_type == 'model' and node.schema in schemas -%}
        {%- for column in adapter.get_columns_in_relation(api.Relation.create(schema=node.schema, identifier=node.alias)) -%}
            {%- if column.dtype in ('double', 'float') -%}
                {%- do found.append((node.schema, node.alias, column.name, column.dtype)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor %}
select table_schema, table_name, column_name, data_type
from values
    {% for row in found %}('{{ row | join("', '") }}'), {% endfor %}('', '', '', '')
    as columns (table_schema, table_name, column_name, data_type)
where table_name <> ''
{% endmacro %}
