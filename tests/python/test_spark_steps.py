"""A statement for Spark is cut where it would be worked out twice, and says the same as before."""

from __future__ import annotations

import duckdb
import pytest

from tieout.spark.steps import READS, steps_of

pytestmark = pytest.mark.unit

CHAIN = """
-- One row per number.
with numbers as (
    select * from items
),

pass_1 as (
    with small as (select n from numbers where n < 3),
    large as (select n from numbers where n >= 3)
    select small.n, large.n as other
    from small
    {joins}
    inner join large on small.n + 2 = large.n
),

left_1 as (
    select * from numbers
    where not exists (select 1 from pass_1 as pass where pass.n = numbers.n)
)

select n from left_1
union all
select other from pass_1
order by 1
"""
LARGE = CHAIN.replace(
    "{joins}", "\n".join(f"inner join items as i{n} on small.n = i{n}.n" for n in range(READS))
)


def rows_in_steps(sql: str) -> list[tuple[object, ...]]:
    steps = steps_of(sql, "step_")
    with duckdb.connect() as connection:
        connection.execute("create table items as select unnest(range(6)) as n")
        for step in steps.written:
            connection.execute(f"create table {step.name} as {step.sql}")
        return connection.execute(steps.sql).fetchall()


def rows_at_once(sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("create table items as select unnest(range(6)) as n")
        return connection.execute(sql).fetchall()


def test_what_is_large_and_read_twice_is_written_once_and_nothing_else_changes() -> None:
    steps = steps_of(LARGE, "step_")
    assert [step.name for step in steps.written] == ["step_1"]
    assert "small.n, large.n as other" not in steps.sql
    assert rows_in_steps(LARGE) == rows_at_once(LARGE) != []


def test_what_is_small_is_left_as_it_is() -> None:
    small = CHAIN.replace("{joins}", "")
    assert steps_of(small, "step_").sql == small


def test_a_chain_grows_with_its_passes_and_not_with_their_product() -> None:
    passes = [
        f"p{n} as (select a.n from p{n - 1} as a inner join p{n - 1} as b on a.n = b.n"
        f" inner join p{n - 1} as c on a.n = c.n)"
        for n in range(1, 20)
    ]
    chain = f"with p0 as (select n from items),\n{', '.join(passes)}\nselect n from p19"
    steps = steps_of(chain, "step_")
    assert 5 <= len(steps.written) <= 19
    # Each step reads only what was written before it.
    for number, step in enumerate(steps.written):
        assert not any(f"step_{later} " in f"{step.sql} " for later in range(number + 1, 20))
    assert rows_in_steps(chain) == [(n,) for n in range(6)]


def test_a_name_in_a_text_or_a_comment_is_no_reading() -> None:
    steps = steps_of(
        LARGE.replace("select n from left_1", "select n /* from pass_1 */ from left_1"), "step_"
    )
    assert len(steps.written) == 1
    quoted = "with a as (select 'from b (' as t from items), b as (select t from a) select t from b"
    assert steps_of(quoted, "step_").sql == quoted


def test_a_name_inside_a_pass_stands_for_its_own() -> None:
    joins = "\n".join(f"inner join items as i{n} on small.n = i{n}.n" for n in range(READS))
    sql = f"""
        with small as (select n from items where n > 3),
        pass_1 as (
            with keyed as (select n from small), small as (select n + 1 as n from items)
            select keyed.n as n from keyed inner join small on keyed.n = small.n {joins}
        )
        select a.n from pass_1 as a inner join pass_1 as b on a.n = b.n inner join small on small.n = a.n
        order by 1
    """
    steps = steps_of(sql, "step_")
    assert len(steps.written) == 1 and "as step" in steps.written[0].sql
    assert rows_in_steps(sql) == rows_at_once(sql) == [(4,), (5,)]
