{# How a control is written: its SQL gives every subject that it examined, one row each, and says of each whether it is an exception
   (docs/decisions/0012). The materialization keeps the exceptions in the one shape of all controls, and counts the population beside them. #}
{% materialization control, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set examined = examined_relation() -%}
    {%- set columns = model['columns'].keys() | list -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('examine') -%}
        {{ examine(examined, compiled_code) }}
    {%- endcall %}
    {% if existing is not none %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement('main') -%}
        {{ create_table_as(false, target_relation, 'select ' ~ columns | join(', ') ~ ' from ' ~ examined ~ ' where is_exception') }}
    {%- endcall %}
    {% call statement('population') -%}
        {{ keep_population(control_populations(), model.name[4:], examined) }}
    {%- endcall %}
    {% call statement('forget') -%} drop table {{ examined }} {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Where what a control examined lies until it is counted: beside the tables of the session, where the engine has such. #}
{% macro examined_relation() -%} {{ return(adapter.dispatch('examined_relation', 'tieout')()) }} {%- endmacro %}

{% macro default__examined_relation() -%}
    {{ return(api.Relation.create(identifier=model.name ~ '__examined')) }}
{%- endmacro %}

{# What a control examined is more than the contract of what it keeps: dbt's own temporary table would be held against that. #}
{% macro examine(examined, sql) -%} {{ adapter.dispatch('examine', 'tieout')(examined, sql) }} {%- endmacro %}

{% macro default__examine(examined, sql) -%} create or replace temporary table {{ examined }} as ({{ sql }}) {%- endmacro %}

{# Where every control leaves what it examined, and in which run. #}
{% macro control_populations() -%} {{ return(api.Relation.create(database=this.database, schema='controls', identifier='populations')) }} {%- endmacro %}

{% macro keep_population(populations, control_id, examined) -%} {{ adapter.dispatch('keep_population', 'tieout')(populations, control_id, examined) }} {%- endmacro %}

{% macro default__keep_population(populations, control_id, examined) -%}
    create table if not exists {{ populations }} (
        control_id string, population_count bigint, population_amount decimal(38, 2), run_id string
    );
    alter table {{ populations }} add column if not exists too_young_count bigint;
    delete from {{ populations }} where control_id = '{{ control_id }}';
    insert into {{ populations }} (control_id, population_count, population_amount, too_young_count, run_id)
    select
        '{{ control_id }}', count(*), coalesce(sum(abs(examined_amount)), 0),
        coalesce(sum(case when not is_exception and found_from_on > {{ as_of() }} then 1 else 0 end), 0), '{{ invocation_id }}'
    from {{ examined }}
{%- endmacro %}

{# On Spark a view is a table: Spark works out a view wherever it is read, by each test of it too, and nobody could
   read it after the session. #}
{% materialization view, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}
