{# Schemas are called what they are called, as in Tieout: `marts`, without the target's name before it. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ tieout.generate_schema_name(custom_schema_name, node) }}
{%- endmacro %}
