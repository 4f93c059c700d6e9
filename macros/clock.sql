{# The day the position is given for: `--as-of`, else today. A date expression. #}
{% macro as_of() -%}
    {%- if var('as_of', none) -%} cast('{{ var("as_of") }}' as date) {%- else -%} current_date {%- endif -%}
{%- endmacro %}

{# What was known when: `--known-at`, else everything that has arrived. A UTC timestamp expression. #}
{% macro known_at() -%}
    {%- if var('known_at', none) -%} cast('{{ var("known_at") }}' as timestamp)
    {%- else -%} cast('9999-12-31' as timestamp) {%- endif -%}
{%- endmacro %}

{# The day on which a UTC timestamp falls in a time zone (an expression that gives its IANA name). #}
{% macro local_day(timestamp, zone) -%} {{ adapter.dispatch('local_day', 'tieout')(timestamp, zone) }} {%- endmacro %}

{% macro default__local_day(timestamp, zone) -%}
    cast(({{ timestamp }} at time zone 'UTC') at time zone {{ zone }} as date)
{%- endmacro %}

{# The day on which a version of a record was known, in the time zone of its system (`systems`). #}
{% macro known_day(record) -%}
    {{ local_day(
        'coalesce(' ~ record ~ '.updated_at, ' ~ record ~ '.landed_at)', "coalesce(systems.time_zone, '" ~ var('time_zone') ~ "')"
    ) }}
{%- endmacro %}
