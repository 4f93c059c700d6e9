"""No model compares each row with each: that takes no time on a small company, and hours on a large
one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tieout.settings import Settings

EACH_WITH_EACH = "BLOCKWISE_NL_JOIN"
"""DuckDB's join of a condition without a key: an `or`, a key made of both sides, or a condition on
the left side alone of a left join. `case when … then key end = other.key` puts the last into the
key."""

MEANT = "true"
"""`on 1 = 1`: somebody wrote it, beside a table of one row."""

OF_A_FEW_ROWS = frozenset({"int_matching_policy"})
"""What may be compared with everything: one row of settings."""

Plan = dict[str, Any]


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan["children"]:
        yield from nodes(child)


def tables(plan: Plan) -> set[str]:
    """The tables that a part of a plan reads; a common table expression counts as one without a
    name."""
    scans = [node for node in nodes(plan) if node["name"].strip().endswith("SCAN")]
    return {node["extra_info"].get("Table", "").rpartition(".")[2] for node in scans}


def compared(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, list[list[str]]]]:
    """The conditions by which a query compares each row of one side with each of the other, and
    what the sides are."""
    ((_, text),) = connection.execute(f"explain (format json) {sql}").fetchall()
    found = []
    for node in (node for plan in json.loads(text) for node in nodes(plan)):
        condition = str(node["extra_info"].get("Condition"))
        if node["name"].strip() == EACH_WITH_EACH and condition != MEANT:
            sides = [tables(child) for child in node["children"]]
            if not any(side and side <= OF_A_FEW_ROWS for side in sides):
                found.append((condition, [sorted(side) for side in sides]))
    return found


@pytest.fixture(scope="module")
def built(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small company's build, with what its models read."""
    with duckdb.connect(str(small_warehouse.build), read_only=True) as connection:
        for name in ("raw", "history"):
            file = str(small_warehouse.output / f"{name}.duckdb").replace("'", "''")
            connection.execute(f"attach '{file}' as {name} (read_only)")
        yield connection


def test_no_model_compares_each_row_with_each(
    small_warehouse: Settings, built: duckdb.DuckDBPyConnection
) -> None:
    compiled = sorted((small_warehouse.target / "compiled" / "tieout" / "models").rglob("*.sql"))
    models = [path for path in compiled if not any(part.endswith(".yml") for part in path.parts)]
    assert len(models) > 300
    found = {
        path.stem: conditions
        for path in models
        if (conditions := compared(built, path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "condition",
    [
        "one.amount = 0 or one.job_key = other.job_key",
        "case when other.unit is null then one.job_key else one.product_key end = other.job_key",
    ],
)
def test_such_a_condition_would_be_seen(built: duckdb.DuckDBPyConnection, condition: str) -> None:
    events = "(select *, document_amount as amount from marts.fct_stage_events)"
    assert compared(
        built, f"select count(*) from {events} as one inner join {events} as other on {condition}"
    )
    assert not compared(
        built, f"select count(*) from {events} as one inner join {events} as other using (job_key)"
    )
