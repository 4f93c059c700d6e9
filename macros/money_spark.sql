{# Shares on Spark, which has no whole numbers beyond 64 bits: decimals without places stand for them. What is divided has no rest, so nothing is rounded. #}
{% macro spark_whole(value, places) -%}
    cast(cast({{ value }} as decimal({{ 38 - places }}, {{ places }})) * {{ 10 ** places }} as decimal(38, 0))
{%- endmacro %}

{# numerator ÷ denominator, half away from zero, of two whole numbers that are not negative. #}
{% macro spark_rounded_quotient(numerator, denominator) -%}
    {%- set upper = '(2 * ' ~ numerator ~ ' + ' ~ denominator ~ ')' -%}
    {%- set lower = 'nullif(2 * ' ~ denominator ~ ', 0)' -%}
    cast(({{ upper }} - {{ upper }} % {{ lower }}) / {{ lower }} as decimal(26, 0))
{%- endmacro %}

{% macro spark__share(amount, part, whole, places, part_places) -%}
    {%- set product = spark_whole(amount, places) ~ ' * ' ~ spark_whole(part, part_places) -%}
    {%- set unit = 'abs(' ~ spark_whole(whole, part_places) ~ ')' ~ (' * ' ~ 10 ** (places - 2) if places > 2 else '') -%}
    cast(
        cast(sign({{ product }}) * sign({{ whole }}) as decimal(1, 0)) * {{ spark_rounded_quotient('abs(' ~ product ~ ')', unit) }} * 0.01 as decimal(18, 2)
    )
{%- endmacro %}

{% macro spark__quick_share(amount, part, whole) -%} {{ share(amount, part, whole) }} {%- endmacro %}

{% macro spark__quantity_share(quantity, part, whole) -%}
    cast({{ share('cast(' ~ quantity ~ ' as decimal(26, 6)) * 10000', part, whole) }} * 0.0001 as decimal(38, 6))
{%- endmacro %}

{% macro spark__cut(amount, begins, ends, measure) -%}
    case
        when {{ begins }} = 0 and {{ ends }} = {{ measure }} then {{ amount }}
        else {{ share(amount, ends, measure) }} - {{ share(amount, begins, measure) }}
    end
{%- endmacro %}

{% macro spark__quantity_cut(quantity, begins, ends, measure) -%}
    case
        when {{ begins }} = 0 and {{ ends }} = {{ measure }} then {{ quantity }}
        else {{ quantity_share(quantity, ends, measure) }} - {{ quantity_share(quantity, begins, measure) }}
    end
{%- endmacro %}

{% macro spark__turned_rate(rate) -%}
    {%- set whole = spark_whole(rate, 12) -%}
    {%- set short = spark_rounded_quotient('cast(1000000000000000000 as decimal(38, 0))', whole) -%}
    case
        when not (cast({{ rate }} as decimal(28, 12)) > 0) then null
        when abs(floor(cast(1000000000000000000 as decimal(38, 0)) / nullif({{ short }}, 0)) - {{ whole }}) < 100
            then cast({{ short }} as decimal(22, 0)) * cast(0.000001 as decimal(6, 6))
        else
            {{ spark_rounded_quotient('cast(1000000000000000000000000 as decimal(38, 0))', whole) }} * cast(0.000000000001 as decimal(12, 12))
    end
{%- endmacro %}

{% macro spark__rate_of(worth, amount) -%}
    {{ spark_rounded_quotient(spark_whole(worth, 2) ~ ' * cast(1000000000000 as decimal(38, 0))', spark_whole(amount, 2)) }}
    * cast(0.000000000001 as decimal(12, 12))
{%- endmacro %}
