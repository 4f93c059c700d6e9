{# The engine of all matching on Spark, where a function takes no table by its name: its text follows the items. #}
{% macro spark__paired(from_items, to_items, latest_first) -%}
    , {{ pair_off_ctes(from_items, to_items, latest_first) }}
{%- endmacro %}

{% macro spark__taken_back(items) -%}
    , {{ take_back_ctes(items) }}
{%- endmacro %}

{% macro spark__what_is_left(items, pass, side, columns) %}
    select items.item_key, items.event_on, items.document_amount, items.reporting_amount, items.quantity, {{ 'items.' ~ columns | join(', items.') }}
    from {{ items }} as items
    where not exists (select 1 from {{ pass }} as pass where items.item_key = pass.{{ side }}_item_key)
    union all
    select
        items.item_key, items.event_on, pass.{{ side }}_document_amount, pass.{{ side }}_reporting_amount, pass.{{ side }}_quantity,
        {{ 'items.' ~ columns | join(', items.') }}
    from {{ items }} as items
    inner join {{ pass }} as pass on items.item_key = pass.{{ side }}_item_key
    where pass.{{ 'to' if side == 'from' else 'from' }}_item_key is null
{% endmacro %}

{% macro spark__less_taken(items, step, columns) %}
    select
        items.item_key, items.event_on,
        cast(items.document_amount - coalesce(taken.document_amount, 0) as decimal(18, 2)) as document_amount,
        cast(items.reporting_amount - coalesce(taken.reporting_amount, 0) as decimal(18, 2)) as reporting_amount,
        cast(items.quantity - coalesce(taken.quantity, 0) as decimal(38, 6)) as quantity,
        {{ 'items.' ~ columns | join(', items.') }}
    from {{ items }} as items
    left join (
        {{ taken_by(step) }}
    ) as taken on items.item_key = taken.item_key
    where taken.item_key is null or items.document_amount <> taken.document_amount
{% endmacro %}
