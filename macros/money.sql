{# amount × part ÷ whole, to the cent, half away from zero: exact, in whole numbers, because decimal ÷ decimal is a double in DuckDB and
   decimal(18, 6) × decimal(18, 6) overflows at a million. `amount` has `places` decimals, part and whole `part_places` (rates have twelve); null where whole is 0. #}
{% macro share(amount, part, whole, places=2, part_places=6) -%}
    {{ adapter.dispatch('share', 'tieout')(amount, part, whole, places, part_places) }}
{%- endmacro %}

{% macro default__share(amount, part, whole, places, part_places) -%}
    {%- set functions = {(2, 6): 'share', (6, 6): 'price_share', (2, 12): 'rate_share'} -%}
    {{ functions[(places, part_places)] or exceptions.raise_compiler_error('no function shares ' ~ places ~ ' decimals by ' ~ part_places) }}({{ amount }}, {{ part }}, {{ whole }})
{%- endmacro %}

{# The same of cents, where there are millions of shares: what fits into 64 bits, which is nearly all, takes a tenth of the time there. #}
{% macro quick_share(amount, part, whole) -%} {{ adapter.dispatch('quick_share', 'tieout')(amount, part, whole) }} {%- endmacro %}

{% macro default__quick_share(amount, part, whole) -%} quick_share({{ amount }}, {{ part }}, {{ whole }}) {%- endmacro %}

{# quantity × part ÷ whole, to a millionth, in the same way. #}
{% macro quantity_share(quantity, part, whole) -%} {{ adapter.dispatch('quantity_share', 'tieout')(quantity, part, whole) }} {%- endmacro %}

{% macro default__quantity_share(quantity, part, whole) -%} quantity_share({{ quantity }}, {{ part }}, {{ whole }}) {%- endmacro %}

{# The part of an amount, or of a quantity, that lies between two points of its measure. Most parts are the whole, which takes no arithmetic. #}
{% macro cut(amount, begins, ends, measure) -%} {{ adapter.dispatch('cut', 'tieout')(amount, begins, ends, measure) }} {%- endmacro %}

{% macro default__cut(amount, begins, ends, measure) -%} cut({{ amount }}, {{ begins }}, {{ ends }}, {{ measure }}) {%- endmacro %}

{% macro quantity_cut(quantity, begins, ends, measure) -%} {{ adapter.dispatch('quantity_cut', 'tieout')(quantity, begins, ends, measure) }} {%- endmacro %}

{% macro default__quantity_cut(quantity, begins, ends, measure) -%} quantity_cut({{ quantity }}, {{ begins }}, {{ ends }}, {{ measure }}) {%- endmacro %}

{# The arithmetic of `share`. #}
{% macro exact_share(amount, part, whole, places=2, part_places=6) -%}
    {%- set product = whole_number(amount, places) ~ ' * ' ~ whole_number(part, part_places) ~ ' * sign(' ~ whole ~ ')' -%}
    {%- set unit = 'abs(' ~ whole_number(whole, part_places) ~ ')' ~ (' * ' ~ 10 ** (places - 2) if places > 2 else '') -%}
    cast(cast(sign({{ product }}) as decimal(3, 0)) * cast((2 * abs({{ product }}) + {{ unit }}) // nullif(2 * {{ unit }}, 0) as decimal(38, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}

{# The same for an amount and a part whose product is below 4 × 10^10, in whole cents and millionths. #}
{% macro share_in_64_bits(amount, part, whole) -%}
    {%- set cents = 'cast(cast(' ~ amount ~ ' as decimal(15, 2)) * cast(100 as decimal(3, 0)) as bigint)' -%}
    {%- set millionths = 'cast(cast(' ~ part ~ ' as decimal(11, 6)) * cast(1000000 as decimal(7, 0)) as bigint)' -%}
    {%- set unit = 'abs(cast(cast(' ~ whole ~ ' as decimal(11, 6)) * cast(1000000 as decimal(7, 0)) as bigint))' -%}
    {%- set product = cents ~ ' * ' ~ millionths -%}
    cast(
        cast(sign({{ product }}) * sign({{ whole }}) * ((2 * abs({{ product }}) + {{ unit }}) // nullif(2 * {{ unit }}, 0)) as decimal(16, 0))
        * cast(0.01 as decimal(2, 2)) as decimal(18, 2)
    )
{%- endmacro %}

{# A decimal as a whole number of its smallest unit. #}
{% macro whole_number(value, places) -%}
    cast(cast({{ value }} as decimal(38, {{ places }})) * {{ 10 ** places }} as hugeint)
{%- endmacro %}

{# So many percent of an amount, unrounded: amounts of weak currencies have fifteen digits. #}
{% macro percent_of(pct, amount) -%}
    cast({{ amount }} as decimal(38, 6)) * cast({{ pct }} as decimal(38, 6)) * 0.01
{%- endmacro %}

{# quantity × price, to the cent. #}
{% macro extended(quantity, price) -%}
    cast(round(cast({{ quantity }} as decimal(38, 6)) * cast({{ price }} as decimal(38, 6)), 2) as decimal(18, 2))
{%- endmacro %}

{# A quantity in the unit that others of its kind convert through (seed `unit_conversions`); a unit not in the seed converts to itself. #}
{% macro in_base_unit(quantity, base_quantity) -%}
    cast(cast({{ quantity }} as decimal(38, 6)) * cast(coalesce({{ base_quantity }}, 1) as decimal(38, 6)) as decimal(38, 6))
{%- endmacro %}

{# Two rates of twelve decimals in one: from a document's currency to its ledger's, and on to the reporting currency. #}
{% macro combined_rate(rate, next_rate) -%}
    cast(cast({{ rate }} as decimal(38, 12)) * cast({{ next_rate }} as decimal(38, 12)) as decimal(28, 12))
{%- endmacro %}

{# An amount in another currency, to the cent. The rate has twelve decimals. #}
{% macro converted(amount, rate) -%}
    cast(round(cast({{ amount }} as decimal(38, 2)) * cast({{ rate }} as decimal(38, 12)), 2) as decimal(18, 2))
{%- endmacro %}

{# The key of a record that was looked up, 'unknown' where it was not found. #}
{% macro key_if(found, parts) -%}
    case when {{ found }} is null then 'unknown' else {{ make_key(parts) }} end
{%- endmacro %}
