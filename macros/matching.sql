{# Interval overlap, the one engine of all matching. In each partition (`on`) both sides are laid end to end along one axis, in the order of day and key, each item as
   long as its measure; where two overlap they are a pair. Gives one row a pair, and for each item that reaches beyond the other side one row with that side null: what
   is left of it. Items of partitions that only one side has are not in it. The amounts of a part are cut by running totals, so that parts add up to the whole.
   Items have: item_key, event_on, document_amount, reporting_amount, quantity, and the columns named by `on` and `measure`. `rule_of` is the rule as an expression of the
   columns of `on`, where it is not one name. #}
{% macro pair_off(rule, from_items, to_items, on, measure, latest_first=false, rule_of=none) %}
    {%- set keys = on | join(', ') -%}
    with
    {% for side, items in [('from', from_items), ('to', to_items)] %}
        {{ side }}_items as (
            select item_key, event_on, document_amount, reporting_amount, quantity, {{ keys }}, cast({{ measure }} as decimal(38, 6)) as measure
            from {{ items }}
            where {{ measure }} > 0 {% for key in on %}and {{ key }} is not null {% endfor %}
        ),

        {{ side }}_totals as (
            select {{ keys }}, cast(sum(measure) as decimal(38, 6)) as total, count(*) as item_count
            from {{ side }}_items
            group by {{ keys }}
        ),
    {% endfor %}

    -- Partitions of many items on both sides are cut into stretches, so that only neighbours are compared: the work grows with the items, not their product.
    partitions as (
        select
            row_number() over () as partition_number,
            {{ rule_of or "'" ~ rule ~ "'" }} as match_rule,
            {% for key in on %}from_totals.{{ key }}, {% endfor %}
            from_totals.total as from_total,
            to_totals.total as to_total,
            case
                when from_totals.item_count * to_totals.item_count > 1000
                    then greatest(from_totals.total, to_totals.total) / least(from_totals.item_count, to_totals.item_count)
            end as stretch
        from from_totals
        inner join to_totals on {% for key in on %}from_totals.{{ key }} = to_totals.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    ),

    {% for side, other, order in [('from', 'to', ' desc' if latest_first else ''), ('to', 'from', '')] %}
        {{ side }}_axis as (
            select
                items.item_key, items.document_amount, items.reporting_amount, items.quantity, items.measure,
                partitions.partition_number, partitions.match_rule, partitions.{{ other }}_total as other_total, partitions.stretch,
                cast(sum(items.measure) over (
                    partition by partitions.partition_number order by items.event_on{{ order }}, items.item_key{{ order }}
                    rows between unbounded preceding and current row
                ) as decimal(38, 6)) as ends_at
            from {{ side }}_items as items
            inner join partitions on {% for key in on %}items.{{ key }} = partitions.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
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
                and to_placed.starts_at < from_placed.ends_at
        -- A pair that lies in several stretches is taken in its first.
        where from_placed.stretch_number = {{ number_of_stretch('greatest(from_placed.starts_at, to_placed.starts_at)', 'from_placed.stretch') }}
    )

    select
        match_rule,
        {% for side in ['from', 'to'] %}
            {{ side }}_item_key,
            {{ cut(side ~ '_document_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_document_amount,
            {{ cut(side ~ '_reporting_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_reporting_amount,
            {{ cut(side ~ '_quantity_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure', quantity_share) }} as {{ side }}_quantity{{ ',' if not loop.last }}
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
                    {{ cut('quantity', 'greatest(other_total - ends_at + measure, 0)', 'measure', 'measure', quantity_share) }}{{ ',' if not loop.last }}
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

{# The part of an amount that lies between two points of its measure. Most parts are the whole, which takes no arithmetic. #}
{% macro cut(amount, begins, ends, measure, part=share) -%}
    case
        when {{ begins }} = 0 and {{ ends }} = {{ measure }} then {{ amount }}
        else {{ part(amount, ends, measure) }} - {{ part(amount, begins, measure) }}
    end
{%- endmacro %}

{# The items of one side that a pass left, whole or in part. `columns` are carried along. #}
{% macro what_is_left(items, pass, side, columns) %}
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

{# Negatives of a partition take back the latest positive amounts that are there when they come: a stack. Gives pairs in the shape of pair_off, `from` the positive
   and `to` the negative, both with positive amounts. A positive raises the balance and lies where it raised it; a negative takes the balance down again, through what
   lay there last. What it finds nothing for it does not take. #}
{% macro take_back_latest(rule, items, on) %}
    {%- set keys = on | join(', ') -%}
    with concerned as (
        select * from {{ items }} as items
        where document_amount <> 0 and exists (
            select 1 from {{ items }} as negatives
            where negatives.document_amount < 0 {% for key in on %}and items.{{ key }} = negatives.{{ key }} {% endfor %}
        )
    ),

    ordered as (
        select
            *,
            row_number() over (
                partition by {{ keys }} order by event_on, case when document_amount > 0 then 0 else 1 end, item_key
            ) as position
        from concerned
    ),

    summed as (
        select
            *,
            sum(document_amount) over (partition by {{ keys }} order by position rows between unbounded preceding and current row) as balance
        from ordered
    ),

    levelled as (
        select
            *,
            balance - least(min(balance) over (partition by {{ keys }} order by position rows between unbounded preceding and current row), 0) as level
        from summed
    ),

    placed as (
        select
            *,
            case when document_amount > 0 then level - document_amount else coalesce(level_before, 0) + document_amount end as starts_at,
            case when document_amount > 0 then level else coalesce(level_before, 0) end as ends_at
        from (select *, lag(level) over (partition by {{ keys }} order by position) as level_before from levelled) as followed
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
                {% for key in on %}negatives.{{ key }} = positives.{{ key }} and {% endfor %}
                positives.position < negatives.position
                and positives.starts_at < negatives.ends_at
                and negatives.starts_at < positives.ends_at
        where negatives.document_amount < 0 and positives.document_amount > 0
    ),

    layers as (
        select to_item_key, bound as starts_at, lead(bound) over (partition by to_item_key order by bound) as ends_at
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
                and candidates.starts_at <= layers.starts_at
                and candidates.ends_at >= layers.ends_at
        qualify row_number() over (partition by layers.to_item_key, layers.starts_at order by candidates.position desc) = 1
    ),

    pairs as (
        select from_item_key, to_item_key, min(starts_at) as starts_at, max(ends_at) as ends_at
        from latest
        group by from_item_key, to_item_key
    ),

    stretches as (
        select
            pairs.from_item_key, pairs.to_item_key,
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
        '{{ rule }}' as match_rule,
        {% for side in ['from', 'to'] %}
            {{ side }}_item_key,
            {{ cut(side ~ '_document_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_document_amount,
            {{ cut(side ~ '_reporting_amount', side ~ '_begins', side ~ '_ends', side ~ '_measure') }} as {{ side }}_reporting_amount,
            {{ cut(side ~ '_quantity', side ~ '_begins', side ~ '_ends', side ~ '_measure', quantity_share) }} as {{ side }}_quantity{{ ',' if not loop.last }}
        {% endfor %}
    from stretches
{% endmacro %}

{# Signed items less what earlier steps of netting took from them; what was taken whole is gone. `columns` are carried along. #}
{% macro less_taken(items, steps, columns) %}
    select
        items.item_key, items.event_on,
        cast(items.document_amount - coalesce(taken.document_amount, 0) as decimal(18, 2)) as document_amount,
        cast(items.reporting_amount - coalesce(taken.reporting_amount, 0) as decimal(18, 2)) as reporting_amount,
        cast(items.quantity - coalesce(taken.quantity, 0) as decimal(38, 6)) as quantity,
        {{ 'items.' ~ columns | join(', items.') }}
    from {{ items }} as items
    left join (
        select item_key, sum(document_amount) as document_amount, sum(reporting_amount) as reporting_amount, sum(quantity) as quantity
        from (
            {% for step in steps %}
                select from_item_key as item_key, from_document_amount as document_amount, from_reporting_amount as reporting_amount, from_quantity as quantity
                from {{ step }} where to_item_key is not null
                union all
                select to_item_key, -to_document_amount, -to_reporting_amount, 0 from {{ step }} where from_item_key is not null
                {{ 'union all' if not loop.last }}
            {% endfor %}
        ) as parts
        group by item_key
    ) as taken on items.item_key = taken.item_key
    where taken.item_key is null or items.document_amount <> taken.document_amount
{% endmacro %}

{# Whether a record, counted in a unit of so many base units, costs about what priced work does; where that has no price, whatever it costs. `row` has quantity and
   document_amount of the record, priced_quantity (base units) and priced_amount of the work, and price_plausibility. #}
{% macro is_plausible_price(base_quantity, row='compared') -%}
    {%- set own = 'cast(' ~ row ~ '.document_amount as decimal(38, 2)) * ' ~ row ~ '.priced_quantity' -%}
    {%- set priced = 'cast(' ~ row ~ '.priced_amount as decimal(38, 2)) * ' ~ in_base_unit(row ~ '.quantity', base_quantity) -%}
    (
        {{ row }}.priced_amount = 0
        or ({{ own }} * price_plausibility >= {{ priced }} and {{ own }} <= {{ priced }} * price_plausibility)
    )
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

{# Why a negative line of billing took something back. A credit note without a reason has the reason other. #}
{% macro billing_correction(items) -%}
    case
        when {{ items }}.stage = 'invoiced' then 'discount_given'
        when {{ items }}.credit_reason = 'rebate' then 'rebate'
        else 'credit_' || coalesce({{ items }}.credit_reason, 'other')
    end
{%- endmacro %}

{# Why a negative posting took revenue back. #}
{% macro posting_correction(items) -%}
    case
        when {{ items }}.document_type <> 'credit_note' then 'accrual_reversed'
        when {{ items }}.credit_reason = 'rebate' then 'rebate'
        else 'credit_' || coalesce({{ items }}.credit_reason, 'other')
    end
{%- endmacro %}

{# A chain of passes, the strongest evidence first, each over what the passes before left, as a list of CTEs that ends with `matched`: one row a pair, and one a rest
   that no pass took (rule `unmatched`, the other side null). A pass is {rule, on, measure} and may bring items of its own for one side (`from` or `to`): these are
   evidence, from which the other side takes its reason, and what is left of them is no rest. `columns` are carried along with the items, `evidence` says which with those. #}
{% macro match_in_passes(from_items, to_items, passes, columns, evidence={}) %}
    {%- set left = {'from': from_items, 'to': to_items} -%}
    {%- set carried = {'from': columns, 'to': columns} -%}
    {%- for name, its_columns in evidence.items() -%}
        {%- do left.update({name: name}) -%}
        {%- do carried.update({name: its_columns}) -%}
    {%- endfor -%}
    {% for pass in passes %}
        {%- set number = loop.index -%}
        {%- set sides = {'from': pass.get('from', 'from'), 'to': pass.get('to', 'to')} -%}
        pass_{{ number }} as (
            {{ pair_off(pass.rule, left[sides['from']], left[sides['to']], on=pass.on, measure=pass.measure, rule_of=pass.get('rule_of')) }}
        ),
        {% for side, name in sides.items() %}
            {{ name }}_{{ number }} as (
                {{ what_is_left(left[name], 'pass_' ~ number, side, carried[name]) }}
            ),
            {%- do left.update({name: name ~ '_' ~ number}) -%}
        {% endfor %}
    {% endfor %}
    matched as (
        {% for pass in passes %}
            select match_rule,
                {% for side in ['from', 'to'] %}
                    {{ side }}_item_key, {{ side }}_document_amount, {{ side }}_reporting_amount, {{ side }}_quantity{{ ',' if not loop.last }}
                {% endfor %}
            from pass_{{ loop.index }}
            where from_item_key is not null and to_item_key is not null
            union all
        {% endfor %}
        select 'unmatched', item_key, document_amount, reporting_amount, quantity, null, null, null, null
        from {{ left['from'] }}
        union all
        select 'unmatched', null, null, null, null, item_key, document_amount, reporting_amount, quantity
        from {{ left['to'] }}
    )
{% endmacro %}
{# The day from which the billing window runs: the end of the billing period that holds the day, for the periodic rules, else the day itself. #}
{% macro billing_due_on(day, policies) -%}
    case
        when {{ policies }}.billing_rule not in ('periodic_advance', 'periodic_arrears') then {{ day }}
        when {{ policies }}.billing_period = 'week' then {{ plus_days(dbt.date_trunc('week', day), 6) }}
        when {{ policies }}.billing_period in ('month', 'quarter')
            then case when {{ policies }}.billing_period = 'month' then {{ dbt.last_day(day, 'month') }} else {{ dbt.last_day(day, 'quarter') }} end
        else {{ day }}
    end
{%- endmacro %}

{# A pass may leave a millionth of a quantity and no money: no piece, unless the event itself is worth nothing. #}
{% macro is_something_left(rest, side, items) -%}
    {{ rest }}.{{ side }}_document_amount <> 0 or {{ rest }}.{{ side }}_reporting_amount <> 0 or {{ items }}.document_amount = 0
{%- endmacro %}
