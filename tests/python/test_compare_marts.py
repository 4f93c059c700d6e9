"""The comparison of two builds sees every cell, and nothing but what a run writes about itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

pytestmark = pytest.mark.unit

ROWS = "(1, 'a', 10.00, 'run 1'), (1, 'a', 10.00, 'run 1'), (2, null, 0.01, 'run 1')"


@pytest.fixture(scope="module")
def comparison() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "compare_marts", Path(__file__).parents[1] / "compare_marts.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Path]:
    def make(rows: str, amount: str = "decimal(18, 2)", mart: str = "fct_bridge") -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                f"create table marts.{mart} (id bigint, name text, amount {amount}, run_id text)"
            )
            connection.execute(f"insert into marts.{mart} values {rows}")
        return path

    return make


def test_another_run_of_the_same_is_equal(
    comparison: ModuleType, build: Callable[..., Path]
) -> None:
    assert list(comparison.differences(build(ROWS), build(ROWS.replace("run 1", "run 2")))) == []


def test_inside_every_table_is_compared_and_a_wider_number_is_the_same(
    comparison: ModuleType, build: Callable[..., Path]
) -> None:
    def with_inner(amount: str, kind: str) -> Path:
        path = build(ROWS)
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema inner_part")
            connection.execute(f"create table inner_part.t as select {amount}::{kind} as amount")
        return path

    one, same = with_inner("0.01", "decimal(18, 2)"), with_inner("0.010", "decimal(38, 3)")
    assert list(comparison.differences(one, same, inside=True)) == []
    assert comparison.compared(one, inside=True).startswith("2 tables, 4 rows")
    (told,) = comparison.differences(one, with_inner("0.01", "double"), inside=True)
    assert told.startswith("inner_part.t: columns") and told.endswith("amount")
    with duckdb.connect(str(one)) as connection:
        connection.execute("create view inner_part.v as select * from inner_part.t")
    with duckdb.connect(str(same)) as connection:
        connection.execute("create table inner_part.v as select 1 as amount")
    assert list(comparison.differences(one, same, inside=True)) == []
    other = with_inner("0.02", "decimal(38, 3)")
    assert list(comparison.differences(one, other)) == []
    (told,) = comparison.differences(one, other, inside=True)
    assert told.startswith("inner_part.t: 1 rows") and "amount" in told
    assert list(comparison.differences(one, other, True, frozenset({"marts.fct_bridge"}))) == []


@pytest.mark.parametrize(
    "other",
    [
        ROWS.replace("0.01", "0.02"),
        ROWS.replace("null", "''"),
        "(1, 'a', 10.00, 'run 1'), (2, null, 0.01, 'run 1')",
        ROWS + ", (2, null, 0.01, 'run 1')",
    ],
    ids=["a cent", "empty for null", "one of two equal rows", "one row more"],
)
def test_a_cell_or_a_row_that_differs_is_told(
    comparison: ModuleType, build: Callable[..., Path], other: str
) -> None:
    assert len(list(comparison.differences(build(ROWS), build(other)))) == 1


def test_a_type_or_a_mart_that_differs_is_told(
    comparison: ModuleType, build: Callable[..., Path]
) -> None:
    assert list(comparison.differences(build(ROWS), build(ROWS, "decimal(38, 2)")))
    assert len(list(comparison.differences(build(ROWS), build(ROWS, mart="fct_receivables")))) == 2


def test_parquet_files_are_compared_with_a_build(
    comparison: ModuleType, build: Callable[..., Path], tmp_path: Path
) -> None:
    path, lake = build(ROWS), tmp_path / "lake"
    lake.mkdir()
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"copy marts.fct_bridge to '{lake}/fct_bridge.parquet'")
    assert list(comparison.differences(path, lake)) == []


def test_views_are_compared_as_tables_are_and_how_much_was_looked_at_is_told(
    comparison: ModuleType, build: Callable[..., Path], tmp_path: Path
) -> None:
    path, views = build(ROWS), tmp_path / "views.duckdb"
    with duckdb.connect(str(views)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create view marts.fct_bridge as select column0::bigint as id, column1 as name,"
            f" column2::decimal(18, 2) as amount, 'x' as run_id from (values {ROWS}) as t(column0, column1, column2, c)"
        )
    assert list(comparison.differences(path, views)) == []
    assert comparison.compared(path) == "1 marts, 3 rows, 9 cells: equal, cell by cell"


def test_an_empty_mart_that_the_other_side_fills_is_told(
    comparison: ModuleType, build: Callable[..., Path]
) -> None:
    empty = build(ROWS)
    with duckdb.connect(str(empty)) as connection:
        connection.execute("delete from marts.fct_bridge")
    (told,) = comparison.differences(build(ROWS), empty)
    assert "3 rows only on the first side, 0 only on the other" in told
