{# Interval overlap, the one engine of all matching. In each partition (`on`) both sides are laid end to end along one axis, in the order of day and key, each item as
   long as its measure; where two overlap they are a pair. Gives one row a pair, and for each item that reaches beyond the other side one row with that side null: what
   is left of it. Items of partitions that only one side has are not in it. The amounts of a part are cut by running totals, so that parts add up to the whole.
   Items have: item_key, event_on, document_amount, reporting_amount, quantity, and the columns named by `on` and `measure`. `rule_of` is the column of `on` that holds
   the rule, where it is not one name. #}
{% macro pair_off(rule, from_items, to_items, on, measure, latest_first=false, rule_of=none) -%}
    {%- set which = measure ~ ' > 0' -%}
    with keyed_from as (
        {{ keyed(rule, from_items, on, measure, which, rule_of) }}
    ),

    keyed_to as (
        {{ keyed(rule, to_items, on, measure, which, rule_of) }}
    )
    {{- paired('keyed_from', 'keyed_to', latest_first) }}
{%- endmacro %}

{# Items in the one shape that the engine's functions read: the rule, up to five keys of their partition, none of them null, and their measure. #}
{% macro keyed(rule, items, on, measure, which, rule_of=none) -%}
        select
            item_key, event_on, document_amount, reporting_amount, quantity, {{ rule_of or "'" ~ rule ~ "'" }} as match_rule,
            {% for number in range(5) %}{{ on[number] if number < on | length else "''" }} as key_{{ number + 1 }}, {% endfor %}
            cast({{ measure }} as decimal(38, 6)) as measure
        from {{ items }}
        where {{ which }}{% for key in on %} and {{ key }} is not null{% endfor %}
{%- endmacro %}

{# What follows the CTEs of keyed items: on DuckDB a function of the engine, elsewhere its text. #}
{% macro paired(from_items, to_items, latest_first) -%} {{ adapter.dispatch('paired', 'tieout')(from_items, to_items, latest_first) }} {%- endmacro %}

{% macro default__paired(from_items, to_items, latest_first) %}

    select * from {{ 'pair_off_latest' if latest_first else 'pair_off' }}('{{ from_items }}', '{{ to_items }}')
{%- endmacro %}

{# The engine itself, as CTEs and a select. #}
{% macro pair_off_ctes(from_items, to_items, latest_first=false) %}
    {%- set keys = ['key_1', 'key_2', 'key_3', 'key_4', 'key_5'] -%}
    {% for side, items in [('from', from_items), ('to', to_items)] %}
        {{ side }}_totals as (
            select
                {{ keys | join(', ') }},
                min(match_rule) as match_rule,
                min(item_key) as first_item_key,
                cast(sum(measure) as decimal(38, 6)) as total,
                count(*) as item_count
            from {{ items }}
            group by {{ keys | join(', ') }}
        ),
    {% endfor %}

    -- Partitions of many items on both sides are cut into stretches, so that only neighbours are compared: the work grows with the items, not their product.
    partitions as (
        select
            row_number() over (order by from_totals.first_item_key nulls last) as partition_number,
            from_totals.match_rule,
            {% for key in keys %}from_totals.{{ key }}, {% endfor %}
            from_totals.total as from_total,
            to_totals.total as to_total,
            case
                when from_totals.item_count * to_totals.item_count > 1000
                    then greatest(from_totals.total, to_totals.total) / least(from_totals.item_count, to_totals.item_count)
            end as stretch
        from from_totals
        inner join to_totals on {% for key in keys %}from_totals.{{ key }} = to_totals.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}

    ),

    {% for side, items, other, order in [('from', from_items, 'to', 'desc' if latest_first else 'asc'), ('to', to_items, 'from', 'asc')] %}
        {{ side }}_axis as (
            select
                items.item_key, items.document_amount, items.reporting_amount, items.quantity, items.measure,
                partitions.partition_number, partitions.match_rule, partitions.{{ other }}_total as other_total, partitions.stretch,
                cast(sum(items.measure) over (
                    partition by partitions.partition_number order by items.event_on {{ order }} nulls last, items.item_key {{ order }} nulls last
                    rows between unbounded preceding and current row
                ) as decimal(38, 6)) as ends_at
            from {{ items }} as items
            inner join partitions on {% for key in keys %}items.{{ key }} = partitions.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}

        ),

        {{ side }}_placed as (
            select
                *,
                ends_at - measure as starts_at,
                {{ each_number(number_of_stretch('ends_at - measure'), number_of_stretch('ends_at')) }} as stretch_number
            from {{ side }}_axis
        ),
    {% endfor %}

    overlapping as (
        select
            from_placed.match_rule,
            {% for side in ['from', 'to'] %}
                {{ side }}_placed.item_key as {{ side }}_item_key,
                {{ side }}_placed.document_amount as {{ side }}_document_amount,
                {{ side }}_placed.reporting_amount as {{ side }}_reporting_amount,
                {{ side }}_placed.quantity as {{ side }}_quantity_amount,
                {{ side }}_placed.measure as {{ side }}_measure,
                greatest(from_placed.starts_at, to_placed.starts_at) - {{ side }}_placed.starts_at as {{ side }}_begins,
                least(from_placed.ends_at, to_placed.ends_at) - {{ side }}_placed.starts_at as {{ side }}_ends{{ ',' if not loop.last }}
            {% endfor %}
        from from_placed
        inner join to_placed
            on
                from_placed.partition_number = to_placed.partition_number
                and from_placed.stretch_number = to_placed.stretch_number
                and from_placed.starts_at < to_placed.ends_at
                and from_placed.ends_at > to_placed.starts_at
        -- A pair that lies in several stretches is taken in its first.
        where from_placed.stretch_number = {{ number_of_stretch('greatest(from_placed.starts_at, to_placed.starts_at)', 'from_placed.stretch') }}
    )

    select
        match_rule,
        {% for side in ['from', 'to'] %}
            {{ side }}_item_key,
            {{ cut(side ~ '_document_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_document_amount,
            {{ cut(side ~ '_reporting_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_reporting_amount,
            {{ quantity_cut(side ~ '_quantity_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_quantity{{ ',' if not loop.last }}
        {% endfor %}
    from overlapping
    {% for side in ['from', 'to'] %}
        union all
        select
            match_rule,
            {% for column in ['from', 'to'] %}
                {% if column == side %}
                    item_key,
                    {{ cut('document_amount', 'greatest(other_total - ends_at + measure, 0)', 'measure', 'measure') }},
                    {{ cut('reporting_amount', 'greatest(other_total - ends_at + measure, 0)', 'measure', 'measure') }},
                    {{ quantity_cut('quantity', 'greatest(other_total - ends_at + measure, 0)', 'measure', 'measure') }}{{ ',' if not loop.last }}
                {% else %}
                    null, null, null, null{{ ',' if not loop.last }}
                {% endif %}
            {% endfor %}
        from {{ side }}_axis
        where ends_at > other_total
    {% endfor %}
{% endmacro %}

{# Which stretch of a partition's axis a point lies in; 0 where the partition is not cut. #}
{% macro number_of_stretch(point, stretch='stretch') -%}
    case when {{ stretch }} is null then 0 else cast(floor(({{ point }}) / {{ stretch }}) as bigint) end
{%- endmacro %}

{# The items of one side that a pass left, whole or in part. `columns` are carried along. #}
{% macro what_is_left(items, pass, side, columns) -%} {{ adapter.dispatch('what_is_left', 'tieout')(items, pass, side, columns) }} {%- endmacro %}

{% macro default__what_is_left(items, pass, side, columns) -%} select * from left_of_{{ side }}('{{ items }}', '{{ pass }}') {%- endmacro %}

{# A chain of passes, the strongest evidence first, each over what the passes before left, as a list of CTEs that ends with `matched`: one row a pair, and one a rest
   that no pass took (rule `unmatched`, the other side null). A pass is {rule, on, measure} and may bring items of its own for one side (`from` or `to`): these are
   evidence, from which the other side takes its reason, and what is left of them is no rest. `columns` are carried along with the items, `evidence` says which with those. #}
{% macro match_in_passes(from_items, to_items, passes, columns, evidence={}) -%}
    {%- set left = {'from': from_items, 'to': to_items} -%}
    {%- set carried = {'from': columns, 'to': columns} -%}
    {%- for name, its_columns in evidence.items() -%}
        {%- do left.update({name: name}) -%}
        {%- do carried.update({name: its_columns}) -%}
    {%- endfor -%}
    {%- for pass in passes -%}
        {%- set number = loop.index -%}
        {%- set sides = {'from': pass.get('from', 'from'), 'to': pass.get('to', 'to')} -%}
pass_{{ number }} as (
    {{ pair_off(pass.rule, left[sides['from']], left[sides['to']], on=pass.on, measure=pass.measure, rule_of=pass.get('rule_of')) }}
),
        {%- for side, name in sides.items() %}
{{ name }}_{{ number }} as ({{ what_is_left(left[name], 'pass_' ~ number, side, carried[name]) }}),
            {%- do left.update({name: name ~ '_' ~ number}) -%}
        {%- endfor %}

{% endfor -%}
matched as (
    {%- for pass in passes %}
    select * from pass_{{ loop.index }}
    where from_item_key is not null and to_item_key is not null
    union all
    {%- endfor %}
    select 'unmatched', item_key, document_amount, reporting_amount, quantity, null, null, null, null
    from {{ left['from'] }}
    union all
    select 'unmatched', null, null, null, null, item_key, document_amount, reporting_amount, quantity
    from {{ left['to'] }}
)
{%- endmacro %}
