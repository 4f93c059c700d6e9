{# Schemas carry the names readers rely on (`marts`, `staging` …), without dbt's prefix of the target's schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
