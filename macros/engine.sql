{# What differs between engines lives in this file, behind dispatch. `default__` is DuckDB's form where the standard has none. #}

{# A key: the md5 of the parts, so that it is the same on every run and engine. Null parts count as empty. #}
{% macro make_key(parts) -%} {{ adapter.dispatch('make_key', 'tieout')(parts) }} {%- endmacro %}

{% macro default__make_key(parts) -%}
    md5({% for part in parts %}coalesce(cast({{ part }} as {{ dbt.type_string() }}), ''){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}

{# Text without its accents: É becomes E. Letters that are no accented form of another (ß, ø, æ) stay as they are. #}
{% macro strip_accents(text) -%} {{ adapter.dispatch('strip_accents', 'tieout')(text) }} {%- endmacro %}

{% macro default__strip_accents(text) -%} strip_accents({{ text }}) {%- endmacro %}

{# Every occurrence of a regular expression replaced; engines differ on whether the first or all are meant. #}
{% macro replace_all(text, pattern, replacement) -%} {{ adapter.dispatch('replace_all', 'tieout')(text, pattern, replacement) }} {%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g') {%- endmacro %}

{# A group of the first match of a regular expression; null where nothing matches. #}
{% macro extract_first(text, pattern, group=1) -%} {{ adapter.dispatch('extract_first', 'tieout')(text, pattern, group) }} {%- endmacro %}

{% macro default__extract_first(text, pattern, group) -%} nullif(regexp_extract({{ text }}, '{{ pattern }}', {{ group }}), '') {%- endmacro %}

{# One row per match of a regular expression in a text, in a select list. #}
{% macro each_match(text, pattern) -%} {{ adapter.dispatch('each_match', 'tieout')(text, pattern) }} {%- endmacro %}

{% macro default__each_match(text, pattern) -%} unnest(regexp_extract_all({{ text }}, '{{ pattern }}')) {%- endmacro %}

{# Distinct texts of a group in one, sorted, so that order of arrival changes nothing. #}
{% macro sorted_list(text) -%} {{ adapter.dispatch('sorted_list', 'tieout')(text) }} {%- endmacro %}

{% macro default__sorted_list(text) -%} string_agg(distinct {{ text }}, ', ' order by {{ text }} nulls last) {%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(from_date, to_date) -%} {{ adapter.dispatch('days_between', 'tieout')(from_date, to_date) }} {%- endmacro %}

{% macro default__days_between(from_date, to_date) -%} date_diff('day', {{ from_date }}, {{ to_date }}) {%- endmacro %}

{# A date so many days later. #}
{% macro plus_days(date, days) -%} {{ adapter.dispatch('plus_days', 'tieout')(date, days) }} {%- endmacro %}

{% macro default__plus_days(date, days) -%} cast({{ date }} + to_days(cast({{ days }} as integer)) as date) {%- endmacro %}

{# One row per day from one date to another, both included, in a select list. #}
{% macro each_day(from_date, to_date) -%} {{ adapter.dispatch('each_day', 'tieout')(from_date, to_date) }} {%- endmacro %}

{% macro default__each_day(from_date, to_date) -%}
    cast(unnest(generate_series(cast({{ from_date }} as timestamp), cast({{ to_date }} as timestamp), interval 1 day)) as date)
{%- endmacro %}

{# dbt's own `safe_cast` is a plain cast on DuckDB, which stops the build at the first value that does not read as the type. #}
{% macro duckdb__safe_cast(field, type) -%} try_cast({{ field }} as {{ type }}) {%- endmacro %}

{# One row per whole number from one to another, both included, in a select list. #}
{% macro each_number(from_number, to_number) -%} {{ adapter.dispatch('each_number', 'tieout')(from_number, to_number) }} {%- endmacro %}

{% macro default__each_number(from_number, to_number) -%} unnest(generate_series({{ from_number }}, {{ to_number }})) {%- endmacro %}

{# One text for the texts of a group, duplicates included, whatever their order. #}
{% macro fingerprint(text) -%} {{ adapter.dispatch('fingerprint', 'tieout')(text) }} {%- endmacro %}

{% macro default__fingerprint(text) -%} md5(string_agg({{ text }}, '|' order by {{ text }} nulls last)) {%- endmacro %}

{# Columns of a relation as one JSON text, in the order given. #}
{% macro as_json(columns, relation) -%} {{ adapter.dispatch('as_json', 'tieout')(columns, relation) }} {%- endmacro %}

{% macro default__as_json(columns, relation) -%}
    cast(json_object({% for column in columns %}'{{ column }}', {{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}) as string)
{%- endmacro %}

{# The first days of equal stretches of time (`interval 7 day`, `interval 1 month`) from one date to another, in a select list. #}
{% macro each_step(from_date, to_date, step) -%} {{ adapter.dispatch('each_step', 'tieout')(from_date, to_date, step) }} {%- endmacro %}

{% macro default__each_step(from_date, to_date, step) -%}
    cast(unnest(generate_series(cast({{ from_date }} as timestamp), cast({{ to_date }} as timestamp), {{ step }})) as date)
{%- endmacro %}

{# One row per value of a list of expressions, in a select list. #}
{% macro each_of(values) -%} {{ adapter.dispatch('each_of', 'tieout')(values) }} {%- endmacro %}

{% macro default__each_of(values) -%} unnest([{{ values | join(', ') }}]) {%- endmacro %}

{# One row per word of a text, with its place, in a select list: two columns, `word` and `place`. #}
{% macro each_word(text) -%} {{ adapter.dispatch('each_word', 'tieout')(text) }} {%- endmacro %}

{% macro default__each_word(text) -%}
    unnest(string_split({{ text }}, ' ')) as word,
    generate_subscripts(string_split({{ text }}, ' '), 1) as place
{%- endmacro %}

{# A list of keys to order by, nulls last, as everywhere. #}
{% macro in_order(keys) -%} {{ keys | join(' nulls last, ') }} nulls last {%- endmacro %}

{# Texts of a group as a list, in an order of their own: a list of keys. #}
{% macro list_in_order(text, order) -%} {{ adapter.dispatch('list_in_order', 'tieout')(text, order) }} {%- endmacro %}

{% macro default__list_in_order(text, order) -%} array_agg({{ text }} order by {{ in_order(order) }}) {%- endmacro %}

{# The first letters of a list of words, as one text. #}
{% macro initials(words) -%} {{ adapter.dispatch('initials', 'tieout')(words) }} {%- endmacro %}

{% macro default__initials(words) -%} array_to_string(list_transform({{ words }}, lambda word: word[1]), '') {%- endmacro %}

{# Distinct texts of a group as a sorted list. #}
{% macro sorted_set(text) -%} {{ adapter.dispatch('sorted_set', 'tieout')(text) }} {%- endmacro %}

{% macro default__sorted_set(text) -%} array_agg(distinct {{ text }} order by {{ text }} nulls last) {%- endmacro %}

{# Texts of a group as one text, in an order of their own: a list of keys. #}
{% macro joined_in_order(text, separator, order) -%} {{ adapter.dispatch('joined_in_order', 'tieout')(text, separator, order) }} {%- endmacro %}

{% macro default__joined_in_order(text, separator, order) -%} string_agg({{ text }}, {{ separator }} order by {{ in_order(order) }}) {%- endmacro %}

{# How many letters must be changed, added, left out or swapped to come from one text to another. #}
{% macro edit_distance(one, other) -%} {{ adapter.dispatch('edit_distance', 'tieout')(one, other) }} {%- endmacro %}

{% macro default__edit_distance(one, other) -%} damerau_levenshtein({{ one }}, {{ other }}) {%- endmacro %}

{# Whether two texts are made of the same letters. #}
{% macro same_letters(one, other) -%} {{ adapter.dispatch('same_letters', 'tieout')(one, other) }} {%- endmacro %}

{% macro default__same_letters(one, other) -%}
    list_sort(string_split({{ one }}, '')) = list_sort(string_split({{ other }}, ''))
{%- endmacro %}

{# Texts of a list as one, with a separator between them. #}
{% macro joined_list(list, separator) -%} {{ adapter.dispatch('joined_list', 'tieout')(list, separator) }} {%- endmacro %}

{% macro default__joined_list(list, separator) -%} array_to_string({{ list }}, {{ separator }}) {%- endmacro %}

{# A list of texts that holds none. #}
{% macro empty_list() -%} {{ adapter.dispatch('empty_list', 'tieout')() }} {%- endmacro %}

{% macro default__empty_list() -%} [] {%- endmacro %}

{# A list of one text. #}
{% macro list_of(text) -%} {{ adapter.dispatch('list_of', 'tieout')(text) }} {%- endmacro %}

{% macro default__list_of(text) -%} [{{ text }}] {%- endmacro %}

{# What of a list is not in another, in its order. #}
{% macro list_without(list, other) -%} {{ adapter.dispatch('list_without', 'tieout')(list, other) }} {%- endmacro %}

{% macro default__list_without(list, other) -%} list_filter({{ list }}, lambda item: not list_contains({{ other }}, item)) {%- endmacro %}

{# Whether a list holds everything that another holds. #}
{% macro has_all(list, other) -%} {{ adapter.dispatch('has_all', 'tieout')(list, other) }} {%- endmacro %}

{% macro default__has_all(list, other) -%} list_has_all({{ list }}, {{ other }}) {%- endmacro %}

{# One row per part of a text between separators, in a select list. #}
{% macro each_part(text, separator) -%} {{ adapter.dispatch('each_part', 'tieout')(text, separator) }} {%- endmacro %}

{% macro default__each_part(text, separator) -%} unnest(string_split({{ text }}, '{{ separator }}')) {%- endmacro %}

{# The day of the week, 1 for Monday to 7 for Sunday. #}
{% macro weekday(date) -%} {{ adapter.dispatch('weekday', 'tieout')(date) }} {%- endmacro %}

{% macro default__weekday(date) -%} extract(isodow from {{ date }}) {%- endmacro %}

{# The last known value up to a row of a window, and the first from it on. #}
{% macro last_known(value, partition, order) -%} {{ adapter.dispatch('last_known', 'tieout')(value, partition, order) }} {%- endmacro %}

{% macro default__last_known(value, partition, order) -%}
    last_value({{ value }} ignore nulls) over (
        partition by {{ partition }}
        order by {{ order }} nulls last
        rows between unbounded preceding and current row
    )
{%- endmacro %}

{% macro next_known(value, partition, order) -%} {{ adapter.dispatch('next_known', 'tieout')(value, partition, order) }} {%- endmacro %}

{% macro default__next_known(value, partition, order) -%}
    first_value({{ value }} ignore nulls) over (
        partition by {{ partition }}
        order by {{ order }} nulls last
        rows between current row and unbounded following
    )
{%- endmacro %}

{# dbt's own gives a timestamp on some engines, whose text is another; all that is truncated here is a day. #}
{% macro duckdb__date_trunc(datepart, date) -%} cast(date_trunc('{{ datepart }}', {{ date }}) as date) {%- endmacro %}

{# A day as people write it: 28 February 2026. #}
{% macro day_in_words(date) -%} {{ adapter.dispatch('day_in_words', 'tieout')(date) }} {%- endmacro %}

{% macro default__day_in_words(date) -%} strftime({{ date }}, '%-d %B %Y') {%- endmacro %}

{# The month of a day as people write it: February 2026. #}
{% macro month_in_words(date) -%} {{ adapter.dispatch('month_in_words', 'tieout')(date) }} {%- endmacro %}

{% macro default__month_in_words(date) -%} strftime({{ date }}, '%B %Y') {%- endmacro %}
