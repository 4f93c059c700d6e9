{# What one unit of a document's currency is worth in base currency, from Xero's rate, which is document units for one base unit (decision 0004).
   Exact to twelve decimals, in whole numbers. A rate of six decimals that turns over into Xero's own figure is the one that was typed. #}
{% macro turned_rate(rate) -%} {{ adapter.dispatch('turned_rate', 'tieout')(rate) }} {%- endmacro %}

{% macro default__turned_rate(rate) -%} turned_rate({{ rate }}) {%- endmacro %}

{% macro exact_turned_rate(rate) -%}
    {%- set decimal = 'cast(' ~ rate ~ ' as decimal(28, 12))' -%}
    {%- set whole = whole_number(rate, 12) -%}
    {%- set short = '(2 * cast(1000000000000000000 as hugeint) + ' ~ whole ~ ') // nullif(2 * ' ~ whole ~ ', 0)' -%}
    {%- set long = '(2 * cast(1000000000000000000000000 as hugeint) + ' ~ whole ~ ') // nullif(2 * ' ~ whole ~ ', 0)' -%}
    {%- set back = '(cast(1000000000000000000 as hugeint) // nullif(' ~ short ~ ', 0) - ' ~ whole ~ ')' -%}
    case
        when not ({{ decimal }} > 0) then null
        when abs({{ back }}) < 100 then cast({{ short }} as decimal(22, 0)) * cast(0.000001 as decimal(6, 6))
        else cast({{ long }} as decimal(26, 0)) * cast(0.000000000001 as decimal(12, 12))
    end
{%- endmacro %}

{# A document's rate: 1 in base currency. #}
{% macro xero_rate(currency, rate, base_currency) -%}
    cast(case when {{ currency }} = {{ base_currency }} then 1 else {{ turned_rate(rate) }} end as decimal(28, 12))
{%- endmacro %}

{# What one unit of an amount is worth where it is known what all of it was: exact to twelve decimals, in whole numbers, as above. #}
{% macro rate_of(worth, amount) -%} {{ adapter.dispatch('rate_of', 'tieout')(worth, amount) }} {%- endmacro %}

{% macro default__rate_of(worth, amount) -%} rate_of({{ worth }}, {{ amount }}) {%- endmacro %}

{% macro exact_rate_of(worth, amount) -%}
    {%- set whole = whole_number(amount, 2) -%}
    {%- set units = '(2 * ' ~ whole_number(worth, 2) ~ ' * cast(1000000000000 as hugeint) + ' ~ whole ~ ') // nullif(2 * ' ~ whole ~ ', 0)' -%}
    cast({{ units }} as decimal(26, 0)) * cast(0.000000000001 as decimal(12, 12))
{%- endmacro %}
