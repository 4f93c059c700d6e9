{# How many base units one of a unit is where a working time of its own may be in force (`times`: day_quantity, week_quantity, month_quantity, null where
   none is); else what the seed `unit_conversions` says. #}
{% macro unit_quantity(unit, base_quantity, times) -%}
    case {{ unit }}
        when 'day' then coalesce({{ times }}.day_quantity, {{ base_quantity }})
        when 'week' then coalesce({{ times }}.week_quantity, {{ base_quantity }})
        when 'month' then coalesce({{ times }}.month_quantity, {{ base_quantity }})
        else coalesce({{ base_quantity }}, 1)
    end
{%- endmacro %}

{# Whether a price (unit, base_unit) can price a delivery's quantity: in one unit, in units of one kind, or one of them has none and is taken as it stands. #}
{% macro can_price(price, delivery='deliveries') -%}
    ({{ delivery }}.base_unit = {{ price }}.base_unit or {{ delivery }}.base_unit is null or {{ price }}.base_unit is null)
{%- endmacro %}

{# What a delivery costs at a price of `amount` for so many (`per`) of the price's unit. Nothing is converted unless both have a unit, and not the same. #}
{% macro priced(amount, per, price, places=2, delivery='deliveries') -%}
    {%- set is_converted = delivery ~ '.unit <> ' ~ price ~ '.unit' -%}
    {{ share(
        amount,
        'case when ' ~ is_converted ~ ' then ' ~ delivery ~ '.base_quantity else ' ~ delivery ~ '.quantity end',
        'case when ' ~ is_converted ~ ' then ' ~ in_base_unit(per, unit_quantity(price ~ '.unit', price ~ '.base_quantity', delivery)) ~ ' else ' ~ per ~ ' end',
        places
    ) }}
{%- endmacro %}

{# Which of several list prices holds: in the currency asked for, an entry of a price list before a catalogue's own price, the own system's before another's, the newest. #}
{% macro list_price_order(prices, currency, source_system, product_id) -%}
    case when {{ prices }}.currency = {{ currency }} then 0 else 1 end asc nulls last,
    case when {{ prices }}.price_list_entry_id is null then 1 else 0 end asc nulls last,
    case
        when {{ prices }}.source_system <> {{ source_system }} then 2
        when {{ prices }}.product_id = {{ product_id }} then 0
        else 1
    end asc nulls last,
    {{ prices }}.valid_from desc nulls last,
    {{ prices }}.source_system asc nulls last,
    {{ prices }}.product_id asc nulls last,
    {{ prices }}.price_list_entry_id asc nulls last
{%- endmacro %}
