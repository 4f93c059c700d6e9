{# The day a HubSpot text names: a date property holds a day, a date-and-time property a moment in UTC, which falls on a day of `zone`. #}
{% macro hubspot_day(text, zone) -%}
    case
        when length({{ text }}) > 10 then {{ local_day(dbt.safe_cast(text, 'timestamp'), zone) }}
        else {{ dbt.safe_cast(text, 'date') }}
    end
{%- endmacro %}
