"""What a model numbers in an order has one order: no two rows that differ share every key of it, on
the small company.

A tie is broken by the engine, and by each in its own way. `tests/portable.py` sees that there is an
order; whether it decides, only data tells.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from test_plans import built

from tieout.settings import Settings

__all__ = ["built"]


def ties(sql: str) -> Iterator[tuple[str, str]]:
    """Each row_number of a query, and a query for the keys that several rows with other values
    share."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    clause = tree.args.get("with_") or tree.args.get("with")
    for window in tree.find_all(exp.Window):
        select = window.find_ancestor(exp.Select)
        if select is None or not isinstance(window.this, exp.RowNumber) or window.alias:
            continue
        keys = [
            *window.args.get("partition_by", []),
            *(each.this for each in window.args["order"].expressions),
        ]
        named = ", ".join(
            f"{key.sql('duckdb')} as key_{number}" for number, key in enumerate(keys, 1)
        )
        values = [each.sql("duckdb") for each in select.expressions if not each.find(exp.RowNumber)]
        source = select.copy()
        for part in ("qualify", "distinct", "order", "limit", "with_", "with"):
            source.set(part, None)
        source.set("expressions", [exp.Star()])
        rows = source.sql("duckdb").replace("SELECT *", f"SELECT {', '.join([*values, named])}", 1)
        numbers = ", ".join(f"key_{number}" for number in range(1, len(keys) + 1))
        before = _ctes_before(clause, select) if clause else ""
        yield (
            window.sql("duckdb"),
            f"{before} select {numbers} from (select distinct * from ({rows}) as all_rows) as rows group by {numbers}"
            " having count(*) > 1",
        )


def _ctes_before(clause: exp.With, select: exp.Select) -> str:
    """The common table expressions that a select of a query can read."""
    found = []
    for cte in clause.expressions:
        is_within = any(each is select for each in cte.this.find_all(exp.Select))
        if is_within and not clause.recursive:
            break
        found.append(cte.sql("duckdb"))
        if is_within:
            break
    return f"with {'recursive' if clause.recursive else ''} {', '.join(found)}" if found else ""


def test_no_number_is_a_matter_of_chance(
    small_warehouse: Settings, built: duckdb.DuckDBPyConnection
) -> None:
    sys.setrecursionlimit(20_000)
    models = (small_warehouse.target / "compiled" / "tieout" / "models").rglob("*.sql")
    found, count = [], 0
    for path in models:
        if any(part.endswith(".yml") for part in path.parts):
            continue
        for window, query in ties(path.read_text(encoding="utf-8")):
            count += 1
            if rows := built.execute(f"{query} limit 3").fetchall():
                found.append(f"{path.stem}: {window}: {rows}")
    assert count > 150
    assert found == []


@pytest.mark.parametrize(
    ("order", "is_one"),
    [
        ("reporting_amount nulls last", False),
        ("reporting_amount nulls last, event_key nulls last", True),
    ],
)
def test_a_tie_would_be_seen(built: duckdb.DuckDBPyConnection, order: str, is_one: bool) -> None:
    sql = (
        "with events as (select 'a' as event_key, 1 as reporting_amount union all select 'b', 1)"
        f" select event_key, row_number() over (order by {order}) as position from events"
    )
    ((_, query),) = ties(sql)
    assert (built.execute(query).fetchall() == []) is is_one
