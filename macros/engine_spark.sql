{# Spark's forms of what is dispatched (4.1 and newer: QUALIFY, listagg). The session has ANSI mode, no loss of precision and UTC (profiles.yml). #}

{# In a Spark literal a backslash escapes, and in a replacement of Java's a group is $1. #}
{% macro spark_pattern(pattern) -%} {{ pattern | replace('\\', '\\\\') }} {%- endmacro %}

{% macro spark_replacement(text) -%}
    {%- set found = namespace(text=text) -%}
    {%- for group in range(1, 10) %}{% set found.text = found.text | replace('\\' ~ group, '$' ~ group) %}{% endfor -%}
    {{ found.text }}
{%- endmacro %}

{% macro spark__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ spark_pattern(pattern) }}', '{{ spark_replacement(replacement) }}')
{%- endmacro %}

{% macro spark__extract_first(text, pattern, group) -%} nullif(regexp_extract({{ text }}, '{{ spark_pattern(pattern) }}', {{ group }}), '') {%- endmacro %}

{% macro spark__each_match(text, pattern) -%} explode(regexp_extract_all({{ text }}, '{{ spark_pattern(pattern) }}', 0)) {%- endmacro %}

{% macro spark__each_of(values) -%} explode(array({{ values | join(', ') }})) {%- endmacro %}

{% macro spark__each_part(text, separator) -%} explode(split({{ text }}, '{{ separator }}')) {%- endmacro %}

{% macro spark__each_word(text) -%}
    inline(transform(split({{ text }}, ' '), (word, place) -> named_struct('word', word, 'place', cast(place + 1 as bigint))))
{%- endmacro %}

{% macro spark__initials(words) -%} array_join(transform({{ words }}, word -> substr(word, 1, 1)), '') {%- endmacro %}

{# An edit distance that counts two neighbours swapped as one, which Spark's does not, is one where a single swap makes the two the same. #}
{% macro spark__edit_distance(one, other) -%}
    case
        when
            length({{ one }}) = length({{ other }})
            and exists(
                sequence(1, greatest(length({{ one }}) - 1, 1)),
                place -> concat(
                    substr({{ one }}, 1, place - 1), substr({{ one }}, place + 1, 1), substr({{ one }}, place, 1), substr({{ one }}, place + 2)
                ) = {{ other }}
            )
            then least(levenshtein({{ one }}, {{ other }}), 1)
        else levenshtein({{ one }}, {{ other }})
    end
{%- endmacro %}

{% macro spark__same_letters(one, other) -%} array_sort(split({{ one }}, '')) = array_sort(split({{ other }}, '')) {%- endmacro %}

{# Lists and texts of a group. #}
{% macro spark__sorted_list(text) -%} nullif(array_join(array_sort(collect_set({{ text }})), ', '), '') {%- endmacro %}

{% macro spark__sorted_set(text) -%} array_sort(collect_set({{ text }})) {%- endmacro %}

{% macro spark__list_in_order(text, order) -%}
    transform(array_sort(collect_list(struct({{ order | join(', ') }}, {{ text }} as listed))), item -> item.listed)
{%- endmacro %}

{% macro spark__joined_in_order(text, separator, order) -%} listagg({{ text }}, {{ separator }}) within group (order by {{ in_order(order) }}) {%- endmacro %}

{% macro spark__fingerprint(text) -%} md5(listagg({{ text }}, '|') within group (order by {{ text }} nulls last)) {%- endmacro %}

{% macro spark__joined_list(list, separator) -%} array_join({{ list }}, {{ separator }}) {%- endmacro %}

{% macro spark__empty_list() -%} cast(array() as array<string>) {%- endmacro %}

{% macro spark__list_of(text) -%} array({{ text }}) {%- endmacro %}

{% macro spark__list_without(list, other) -%} filter({{ list }}, item -> not array_contains({{ other }}, item)) {%- endmacro %}

{% macro spark__has_all(list, other) -%} forall({{ other }}, item -> array_contains({{ list }}, item)) {%- endmacro %}

{% macro spark__as_json(columns, relation) -%}
    to_json(
        named_struct({% for column in columns %}'{{ column }}', {{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}),
        map('ignoreNullFields', 'false')
    )
{%- endmacro %}

{# Days. #}
{% macro spark__days_between(from_date, to_date) -%} cast(datediff({{ to_date }}, {{ from_date }}) as bigint) {%- endmacro %}

{% macro spark__plus_days(date, days) -%} date_add(cast({{ date }} as date), cast({{ days }} as integer)) {%- endmacro %}

{% macro spark__weekday(date) -%} (weekday({{ date }}) + 1) {%- endmacro %}

{% macro spark__local_day(timestamp, zone) -%} cast(from_utc_timestamp({{ timestamp }}, {{ zone }}) as date) {%- endmacro %}

{# A sequence counts down where its end is before its beginning: then there is nothing. #}
{% macro spark__each_step(from_date, to_date, step) -%}
    explode(case
        when cast({{ from_date }} as date) <= cast({{ to_date }} as date) then sequence(cast({{ from_date }} as date), cast({{ to_date }} as date), {{ step }})
    end)
{%- endmacro %}

{% macro spark__each_day(from_date, to_date) -%} {{ spark__each_step(from_date, to_date, 'interval 1 day') }} {%- endmacro %}

{% macro spark__each_number(from_number, to_number) -%}
    explode(case when {{ from_number }} <= {{ to_number }} then sequence(cast({{ from_number }} as bigint), cast({{ to_number }} as bigint)) end)
{%- endmacro %}

{% macro spark__last_known(value, partition, order) -%}
    last_value({{ value }}) ignore nulls over (
        partition by {{ partition }} order by {{ order }} nulls last rows between unbounded preceding and current row
    )
{%- endmacro %}

{% macro spark__next_known(value, partition, order) -%}
    first_value({{ value }}) ignore nulls over (
        partition by {{ partition }} order by {{ order }} nulls last rows between current row and unbounded following
    )
{%- endmacro %}

{# dbt's own forms for Spark give timestamps, and fail on null. #}
{% macro spark__safe_cast(field, type) -%} try_cast({{ field }} as {{ type }}) {%- endmacro %}

{% macro spark__date_trunc(datepart, date) -%} cast(date_trunc('{{ datepart }}', {{ date }}) as date) {%- endmacro %}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set days, months = {'day': 1, 'week': 7}, {'month': 1, 'quarter': 3, 'year': 12} -%}
    {%- if datepart in days -%} date_add(cast({{ from_date_or_timestamp }} as date), cast(({{ interval }}) * {{ days[datepart] }} as integer))
    {%- else -%} add_months(cast({{ from_date_or_timestamp }} as date), cast(({{ interval }}) * {{ months[datepart] }} as integer)) {%- endif -%}
{%- endmacro %}

{% macro spark__last_day(date, datepart) -%}
    {%- if datepart == 'month' -%} last_day({{ date }})
    {%- else -%} last_day(add_months(trunc({{ date }}, '{{ datepart }}'), {{ {'quarter': 2, 'year': 11}[datepart] }})) {%- endif -%}
{%- endmacro %}

{% macro spark__split_part(string_text, delimiter_text, part_number) -%} split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }}) {%- endmacro %}

{# A contract says `text`, which is no type of Spark's. #}
{% macro spark__get_empty_schema_sql(columns) %}
    select
        {% for column in columns.values() -%}
            cast(null as {{ engine_type(column.data_type) }}) as {{ column.name }}{{ ', ' if not loop.last }}
        {%- endfor %}
{% endmacro %}

{# Spark makes no functions: the arithmetic is written out. #}
{% macro spark__create_functions() %}{% endmacro %}

{% macro spark__day_in_words(date) -%} date_format({{ date }}, 'd MMMM yyyy') {%- endmacro %}

{% macro spark__month_in_words(date) -%} date_format({{ date }}, 'MMMM yyyy') {%- endmacro %}
