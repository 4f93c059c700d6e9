{# The engine's own functions, made when a run starts (`on-run-start`), so that a model's SQL holds a short call where the arithmetic is long. They live in the build
   file, for each session that opens it. Spark's forms are the arithmetic itself. #}
{% macro create_functions() -%} {{ adapter.dispatch('create_functions', 'tieout')() }} {%- endmacro %}

{% macro default__create_functions() %}
create or replace macro share(amount, part, whole) as {{ exact_share('amount', 'part', 'whole') }};

create or replace macro price_share(amount, part, whole) as {{ exact_share('amount', 'part', 'whole', places=6) }};

create or replace macro rate_share(amount, part, whole) as {{ exact_share('amount', 'part', 'whole', part_places=12) }};

create or replace macro quick_share(amount, part, whole) as
    case
        when
            abs(whole) < 100000
            and ((abs(amount) < 4000000 and abs(part) < 10000) or (abs(amount) < 400000 and abs(part) < 100000))
            then {{ share_in_64_bits('amount', 'part', 'whole') }}
        else share(amount, part, whole)
    end;

create or replace macro quantity_share(quantity, part, whole) as
    cast(quick_share(cast(quantity as decimal(38, 6)) * 10000, part, whole) * 0.0001 as decimal(38, 6));

create or replace macro cut(amount, begins, ends, measure) as
    case when begins = 0 and ends = measure then amount else quick_share(amount, ends, measure) - quick_share(amount, begins, measure) end;

create or replace macro quantity_cut(quantity, begins, ends, measure) as
    case when begins = 0 and ends = measure then quantity else quantity_share(quantity, ends, measure) - quantity_share(quantity, begins, measure) end;

create or replace macro pair_off(from_items, to_items) as table
    with {{ pair_off_ctes('query_table(from_items)', 'query_table(to_items)') }};

create or replace macro pair_off_latest(from_items, to_items) as table
    with {{ pair_off_ctes('query_table(from_items)', 'query_table(to_items)', latest_first=true) }};

{% for side, other in [('from', 'to'), ('to', 'from')] %}
create or replace macro left_of_{{ side }}(items, pass) as table
    select items.*
    from query_table(items) as items
    where not exists (select 1 from query_table(pass) as pass where items.item_key = pass.{{ side }}_item_key)
    union all
    select
        items.* replace (
            pass.{{ side }}_document_amount as document_amount, pass.{{ side }}_reporting_amount as reporting_amount, pass.{{ side }}_quantity as quantity
        )
    from query_table(items) as items
    inner join query_table(pass) as pass on items.item_key = pass.{{ side }}_item_key
    where pass.{{ other }}_item_key is null;
{% endfor %}

create or replace macro take_back_latest(items) as table
    with {{ take_back_ctes('query_table(items)') }};

create or replace macro less_taken(items, step) as table
    with taken as (
        {{ taken_by('query_table(step)') }}
    )

    select
        items.* replace (
            cast(items.document_amount - coalesce(taken.document_amount, 0) as decimal(18, 2)) as document_amount,
            cast(items.reporting_amount - coalesce(taken.reporting_amount, 0) as decimal(18, 2)) as reporting_amount,
            cast(items.quantity - coalesce(taken.quantity, 0) as decimal(38, 6)) as quantity
        )
    from query_table(items) as items
    left join taken on items.item_key = taken.item_key
    where taken.item_key is null or items.document_amount <> taken.document_amount;

create or replace macro turned_rate(rate) as {{ exact_turned_rate('rate') }};

create or replace macro rate_of(worth, amount) as {{ exact_rate_of('worth', 'amount') }};
{% endmacro %}
