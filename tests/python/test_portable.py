"""Every rule of tests/portable.py sees what it is for and passes its remedy; `make lint-sql`
applies them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BROKEN = {
    "not_in_a_query": (
        "select * from a where coalesce(x not in (select x from b), true)",
        "select * from a where not exists (select 1 from b where a.x = b.x) and y not in ('one', 'two')",
    ),
    "unordered_numbers": (
        "select row_number() over (partition by y) as n from a",
        "select row_number() over w as n, max(z) over (partition by y) as m from a window w as (order by x nulls last)",
    ),
    "largest_by_one_key": (
        "select max_by(x, issued_on) as x from a",
        "select min_by(x, position) as x from (select x, row_number() over (order by x nulls last) as position from a)",
    ),
    "unrounded_whole_numbers": (
        "select cast(median(days) as integer) as days, cast(unit_quantity as bigint) as q from a",
        "select cast(round(median(days)) as integer) as days, cast(count(*) as bigint) as n from a",
    ),
    "whole_defaults_of_neighbours": (
        "select x - lag(x, 1, 0) over (order by y nulls last) as x from a",
        "select x - lag(x, 1, cast(0 as decimal(18, 2))) over (order by y nulls last) as x, lead(x, 1, x) over w as z"
        " from a window w as (order by y nulls last)",
    ),
    "signs_that_multiply": (
        "select cast(sum(sign(a.x) * a.y) as decimal(18, 2)) as z from a",
        "select cast(sign(a.x) as decimal(1, 0)) * a.y as z, sign(a.x) = sign(a.y) as is_alike,"
        " cast(sign(a.x) * sign(a.y) * a.n as decimal(38, 0)) as n from a",
    ),
    "text_of_a_truncated_date": (
        "select 'k' || date_trunc('month', day) as k from a",
        "select 'k' || cast(date_trunc('month', day) as date) as k from a",
    ),
    "nested_generators": (
        "select trim(unnest(string_split(x, ';'))) as part from a",
        "select unnest(string_split(x, ';')) as part from a",
    ),
    "aggregates_in_windows": (
        "select x, row_number() over (order by sum(y) desc nulls last) as n from a group by x",
        "select x, sum(y) over (order by x nulls last) as y from a",
    ),
    "continued_windows": (
        "select max(x) over w as m, row_number() over (w order by x nulls last) as n from a"
        " window w as (partition by y)",
        "select max(x) over w as m, row_number() over v as n from a"
        " window w as (partition by y), v as (partition by y order by x nulls last)",
    ),
    "calls_in_rows_of_values": (
        "select * from (values ('a', nullif('', ''))) as t (x, y)",
        "select * from (values ('a', null), ('b', cast('2026-01-01' as date))) as t (x, y)",
    ),
    "columns_given_twice": (
        "select a.x, b.x from a inner join b on a.y = b.y",
        "select a.x, b.x as other from a inner join b on a.y = b.y union all select 1, 1",
    ),
    "columns_given_twice_behind_a_star": (
        "with b as (select x, y from c) select a.x, b.* from a inner join b on a.y = b.y",
        "with b as (select x, y from c) select a.x, b.* exclude (x) from a inner join b on a.y = b.y",
    ),
    "order_without_nulls": (
        "select string_agg(x, ',' order by y desc, z nulls last) as t from a",
        "select sum(x) over (order by f(y, z) desc nulls last, z nulls first rows between 1 preceding and current row)",
    ),
    "trimmed_by_position": (
        "select ltrim(trim(x), '0') as x from a",
        "select trim(leading '0' from replace(trim(x), 'a', 'b')) as x from a",
    ),
}


@pytest.fixture(scope="module")
def portable() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "portable", Path(__file__).parents[1] / "portable.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_rule_has_an_example(portable: ModuleType) -> None:
    rules = (*portable.RULES, *portable.TOKEN_RULES, portable.columns_given_twice_behind_a_star)
    assert {rule.__name__ for rule in rules} == set(BROKEN)


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_a_rule_sees_what_breaks_it_and_passes_its_remedy(portable: ModuleType, rule: str) -> None:
    broken, mended = BROKEN[rule]
    assert {found for found, _ in portable.findings(broken)} == {rule}
    assert list(portable.findings(mended)) == []


def test_a_star_is_known_through_the_models_that_it_comes_from(portable: ModuleType) -> None:
    models = {
        "marts.lines": "select k, x as amount from raw.lines",
        "marts.all_lines": "with lines as (select * from db.marts.lines) select *, 1 as n from lines",
        "marts.unknown": "select * from raw.lines",
    }
    known = portable.columns_of_relations(models)
    assert known == {
        "marts.lines": ["k", "amount"],
        "marts.all_lines": ["k", "amount", "n"],
        "marts.unknown": None,
    }
    twice = "select {} from db.marts.all_lines as lines inner join db.marts.unknown as u on lines.k = u.k"
    for given in ("lines.*, u.amount", "*, u.n", "u.amount, lines.* exclude (n)"):
        assert {rule for rule, _ in portable.findings(twice.format(given), known)} == {
            "columns_given_twice_behind_a_star"
        }
    for given in ("lines.*, u.other", "lines.k, u.*", "lines.* exclude (n), u.n", "count(*) as n"):
        assert list(portable.findings(twice.format(given), known)) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("select string_agg(x, ',') as t", "of_one_engine"),
        ("select x::date as day", "of_one_engine"),
        ("select last_value(x ignore nulls) over w as x", "of_one_engine"),
        ("select cast(null as text) as t", "type_text"),
        (r"select {{ replace_all('x', '[\\p{L}]', '') }} as x", "pattern"),
    ],
)
def test_a_model_leaves_an_engines_own_words_to_macros(
    portable: ModuleType, text: str, rule: str
) -> None:
    assert {found for found, _ in portable.text_rules(text)} == {rule}


def test_macros_and_comments_are_no_words_of_a_model(portable: ModuleType) -> None:
    text = "-- string_agg(x)\nselect {{ each_number('1', '2') }} as n, list_price, '::' as t {# unnest(x) #}"
    assert list(portable.text_rules(text)) == []
