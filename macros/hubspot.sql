{# The day a HubSpot text names: a date property holds a day, a date-and-time property a moment in UTC, which falls on a day of `zone`. #}
{% macro hubspot_day(text, zone) -%}
    case
        when length({{ text }}) > 10 then {{ local_day(dbt.safe_cast(text, 'timestamp'), zone) }}
        else {{ dbt.safe_cast(text, 'date') }}
    end
{%- endmacro %}

{# The months of a term in ISO 8601 (P12M, P1Y6M, P26W, P365D), a year being 12 months, 52 weeks or 365 days; null where it is none. #}
{% macro hubspot_months(text) -%}
    {%- set term = 'upper(trim(' ~ text ~ '))' -%}
    case
        when {{ extract_first(term, '^(P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?)$') }} is null then null
        else
            {% for letter, months in {'Y': '12', 'M': '1', 'W': '12 / 52', 'D': '12 / 365'}.items() -%}
                coalesce({{ dbt.safe_cast(extract_first(term, '([0-9]+)' ~ letter), 'integer') }}, 0) * {{ months }}{{ ' + ' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}

{# How often a year a line is billed, from HubSpot's word for it; null where it is billed once, or the word is unknown. #}
{% macro hubspot_payments_a_year(text) -%}
    case lower(trim({{ text }}))
        when 'weekly' then 52
        when 'biweekly' then 26
        when 'monthly' then 12
        when 'quarterly' then 4
        when 'per_six_months' then 2
        when 'annually' then 1
        when 'per_two_years' then 0.5
        when 'per_three_years' then 0.333333
        when 'per_four_years' then 0.25
        when 'per_five_years' then 0.2
    end
{%- endmacro %}

{# one ÷ other as a whole number of 1 and more, else null. #}
{% macro whole_or_null(one, other) -%}
    case
        when abs(round({{ one }} / nullif({{ other }}, 0)) * {{ other }} - {{ one }}) <= 0.01 and {{ one }} / nullif({{ other }}, 0) >= 0.999
            then cast(round({{ one }} / nullif({{ other }}, 0)) as integer)
    end
{%- endmacro %}
