{# What differs between engines lives in this file, behind dispatch. #}

{# A key: the md5 of the parts, so that it is the same on every run and engine. Null parts count as empty. #}
{% macro make_key(parts) -%} {{ return(adapter.dispatch('make_key', 'tieout')(parts)) }} {%- endmacro %}

{% macro default__make_key(parts) -%}
    md5({% for part in parts %}coalesce(cast({{ part }} as {{ dbt.type_string() }}), ''){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}
