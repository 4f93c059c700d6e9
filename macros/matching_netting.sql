{# Negatives of a partition take back the latest positive amounts that are there when they come: a stack. Gives pairs in the shape of pair_off, `from` the positive
   and `to` the negative, both with positive amounts. A positive raises the balance and lies where it raised it; a negative takes the balance down again, through what
   lay there last. What it finds nothing for it does not take. #}
{% macro take_back_latest(rule, items, on) -%}
    with keyed_items as (
        {{ keyed(rule, items, on, 'document_amount', 'document_amount <> 0') }}
    )
    {{- taken_back('keyed_items') }}
{%- endmacro %}

{# What follows the CTE of keyed items: on DuckDB a function of the engine, elsewhere its text. #}
{% macro taken_back(items) -%} {{ adapter.dispatch('taken_back', 'tieout')(items) }} {%- endmacro %}

{% macro default__taken_back(items) %}

    select * from take_back_latest('{{ items }}')
{%- endmacro %}

{# The stack itself, as CTEs and a select. #}
{% macro take_back_ctes(items) %}
    {%- set on = ['key_1', 'key_2', 'key_3', 'key_4', 'key_5'] -%}
    {%- set keys = on | join(', ') -%}
    concerned as (
        select * from {{ items }} as items
        where exists (
            select 1 from {{ items }} as negatives
            where negatives.document_amount < 0{% for key in on %} and items.{{ key }} = negatives.{{ key }}{% endfor %}

        )
    ),

    ordered as (
        select
            *,
            row_number() over (
                partition by {{ keys }}
                order by event_on asc nulls last, case when document_amount > 0 then 0 else 1 end asc nulls last, item_key asc nulls last
            ) as position
        from concerned
    ),

    summed as (
        select
            *,
            sum(document_amount) over (partition by {{ keys }} order by position asc nulls last rows between unbounded preceding and current row) as balance
        from ordered
    ),

    levelled as (
        select
            *,
            balance - least(min(balance) over (partition by {{ keys }} order by position asc nulls last rows between unbounded preceding and current row), 0) as level
        from summed
    ),

    placed as (
        select
            *,
            case when document_amount > 0 then level - document_amount else coalesce(level_before, 0) + document_amount end as starts_at,
            case when document_amount > 0 then level else coalesce(level_before, 0) end as ends_at
        from (select *, lag(level) over (partition by {{ keys }} order by position asc nulls last) as level_before from levelled) as followed
    ),

    candidates as (
        select
            negatives.item_key as to_item_key,
            positives.item_key as from_item_key,
            positives.position,
            greatest(positives.starts_at, negatives.starts_at) as starts_at,
            least(positives.ends_at, negatives.ends_at) as ends_at
        from placed as negatives
        inner join placed as positives
            on
                {% for key in on %}negatives.{{ key }} = positives.{{ key }}
                and {% endfor %}negatives.position > positives.position
                and negatives.ends_at > positives.starts_at
                and negatives.starts_at < positives.ends_at
        where negatives.document_amount < 0 and positives.document_amount > 0
    ),

    layers as (
        select to_item_key, bound as starts_at, lead(bound) over (partition by to_item_key order by bound asc nulls last) as ends_at
        from (
            select to_item_key, starts_at as bound from candidates
            union
            select to_item_key, ends_at from candidates
        ) as bounds
    ),

    latest as (
        select layers.to_item_key, layers.starts_at, layers.ends_at, candidates.from_item_key
        from layers
        inner join candidates
            on
                layers.to_item_key = candidates.to_item_key
                and layers.starts_at >= candidates.starts_at
                and layers.ends_at <= candidates.ends_at
        qualify row_number() over (partition by layers.to_item_key, layers.starts_at order by candidates.position desc nulls last) = 1
    ),

    pairs as (
        select from_item_key, to_item_key, min(starts_at) as starts_at, max(ends_at) as ends_at
        from latest
        group by from_item_key, to_item_key
    ),

    stretches as (
        select
            pairs.from_item_key, pairs.to_item_key, to_items.match_rule,
            {% for side in ['from', 'to'] %}
                abs({{ side }}_items.document_amount) as {{ side }}_document_amount,
                abs({{ side }}_items.reporting_amount) as {{ side }}_reporting_amount,
                {{ side }}_items.quantity as {{ side }}_quantity,
                {{ side }}_items.ends_at - {{ side }}_items.starts_at as {{ side }}_measure,
                pairs.starts_at - {{ side }}_items.starts_at as {{ side }}_begins,
                pairs.ends_at - {{ side }}_items.starts_at as {{ side }}_ends{{ ',' if not loop.last }}
            {% endfor %}
        from pairs
        inner join placed as from_items on pairs.from_item_key = from_items.item_key
        inner join placed as to_items on pairs.to_item_key = to_items.item_key
    )

    select
        match_rule,
        {% for side in ['from', 'to'] %}
            {{ side }}_item_key,
            {{ cut(side ~ '_document_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_document_amount,
            {{ cut(side ~ '_reporting_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_reporting_amount,
            {{ quantity_cut(side ~ '_quantity', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_quantity{{ ',' if not loop.last }}
        {% endfor %}
    from stretches
{% endmacro %}

{# Signed items less what a step of netting took from them; what was taken whole is gone. `columns` are carried along. #}
{% macro less_taken(items, step, columns) -%} {{ adapter.dispatch('less_taken', 'tieout')(items, step, columns) }} {%- endmacro %}

{% macro default__less_taken(items, step, columns) -%} select * from less_taken('{{ items }}', '{{ step }}') {%- endmacro %}

{# What a step of netting took from each item, signed. #}
{% macro taken_by(step) -%}
    select item_key, sum(document_amount) as document_amount, sum(reporting_amount) as reporting_amount, sum(quantity) as quantity
    from (
        select from_item_key as item_key, from_document_amount as document_amount, from_reporting_amount as reporting_amount, from_quantity as quantity
        from {{ step }}
        where to_item_key is not null
        union all
        select to_item_key, -to_document_amount, -to_reporting_amount, 0
        from {{ step }}
        where from_item_key is not null
    ) as parts
    group by item_key
{%- endmacro %}

{# The CTE `netted`: what each step of netting found, one row a positive and a negative. #}
{% macro netted(steps) %}
netted as (
    {% for step in steps %}
        select
            match_rule,
            from_item_key as positive_key,
            to_item_key as negative_key,
            from_document_amount as positive_document_amount,
            from_reporting_amount as positive_reporting_amount,
            from_quantity as positive_quantity,
            to_document_amount as negative_document_amount,
            to_reporting_amount as negative_reporting_amount
        from {{ step }}
        where from_item_key is not null and to_item_key is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
)
{% endmacro %}

{# The items of a population less what was netted. `columns` are carried along. #}
{% macro not_taken_back(items, netted, columns) %}
with taken as (
    select item_key, sum(document_amount) as document_amount, sum(reporting_amount) as reporting_amount, sum(quantity) as quantity
    from (
        select positive_key as item_key, positive_document_amount as document_amount, positive_reporting_amount as reporting_amount, positive_quantity as quantity
        from {{ netted }}
        union all
        select negative_key, -negative_document_amount, -negative_reporting_amount, 0 from {{ netted }}
    ) as parts
    group by item_key
)

select
    items.item_key,
    {{ 'items.' ~ columns | join(', items.') }},
    cast(items.document_amount - coalesce(taken.document_amount, 0) as decimal(18, 2)) as document_amount,
    cast(items.reporting_amount - coalesce(taken.reporting_amount, 0) as decimal(18, 2)) as reporting_amount,
    cast(items.quantity - coalesce(taken.quantity, 0) as decimal(38, 6)) as quantity
from {{ items }} as items
left join taken on items.item_key = taken.item_key
where taken.item_key is null or items.document_amount <> taken.document_amount
{% endmacro %}

{# Deliveries, and billed lines, less what was taken back. Few items are, and what is left of all of them is nothing that is asked for by itself. #}
{% macro open_deliveries() %}
{{ not_taken_back(ref('int_delivery_items'), ref('int_deliveries_netted'), [
    'event_on', 'job_key', 'product_key', 'work_order_key', 'currency', 'base_unit', 'change_order_id', 'valuation_rule', 'is_counted', 'unit_price',
    'source_system', 'is_unrated',
]) }}
{% endmacro %}

{% macro open_billing() %}
{{ not_taken_back(ref('int_billing_items'), ref('int_billing_netted'), [
    'event_on', 'job_key', 'product_key', 'work_order_key', 'delivery_key', 'currency', 'base_unit', 'stage', 'is_copy', 'credit_reason',
    'period_starts_on', 'period_ends_on', 'discount_amount', 'is_counted', 'is_top_up', 'unit_price', 'source_system', 'is_unrated',
]) }}
{% endmacro %}

{# What was taken back of a population, as evidence for what answers it: each part, with what its item is matched by. #}
{% macro evidence_of(items, netted, columns) %}
select
    netted.positive_key || '|' || netted.negative_key as item_key,
    {{ 'items.' ~ columns | join(', items.') }},
    netted.positive_document_amount as document_amount,
    netted.positive_reporting_amount as reporting_amount,
    netted.positive_quantity as quantity
from {{ netted }} as netted
inner join {{ items }} as items on netted.positive_key = items.item_key
{% endmacro %}
