"""The published keys: each is what a test proved, each holds in what is published, and BI tools know
every table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tieout.settings import Settings


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        connection.execute("set schema = 'marts'")
        yield connection


@pytest.fixture(scope="module")
def manifest(small_warehouse: Settings) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((small_warehouse.target / "manifest.json").read_text())
    return found


@pytest.fixture(scope="module")
def public(manifest: dict[str, Any]) -> dict[str, str]:
    """The published models: name by unique id."""
    return {
        key: node["name"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["access"] == "public"
    }


def test_every_published_table_has_one_primary_key_that_holds(
    marts: duckdb.DuckDBPyConnection, public: dict[str, str]
) -> None:
    keys = marts.execute(
        "select table_name, column_names, kind from relationships where kind <> 'foreign_key'"
    ).fetchall()
    primary = sorted(table for table, _, kind in keys if kind == "primary_key")
    assert primary == sorted(public.values())
    for table, columns, _ in keys:
        nulls = " or ".join(f"{column} is null" for column in columns.split(", "))
        found = marts.execute(
            f"select count(*), count(distinct row({columns})), count(*) filter ({nulls}) from {table}"
        ).fetchall()
        ((rows, different, empty),) = found
        assert (different, empty) == (rows, 0), (table, columns)


def test_a_join_on_a_foreign_key_loses_nothing_and_doubles_nothing(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    keys = marts.execute(
        "select table_name, column_names, referenced_table_name, referenced_column_name"
        " from relationships where kind = 'foreign_key'"
    ).fetchall()
    for table, column, other, other_column in keys:
        ((rows,),) = marts.execute(
            f"select count(*) from {table} where {column} is not null"
        ).fetchall()
        ((joined,),) = marts.execute(
            f"select count(*) from {table} as own inner join {other} as other"
            f" on own.{column} = other.{other_column}"
        ).fetchall()
        assert joined == rows, (table, column, other)
        assert marts.execute(
            "select 1 from relationships where kind <> 'foreign_key' and (table_name, column_names) = (?, ?)",
            [other, other_column],
        ).fetchall(), f"{other}.{other_column} is no key"


def test_the_foreign_keys_are_those_that_tests_prove(
    marts: duckdb.DuckDBPyConnection, manifest: dict[str, Any], public: dict[str, str]
) -> None:
    proven = {
        (public[node["attached_node"]], node["column_name"], public[other], said["kwargs"]["field"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("attached_node") in public
        and (said := node.get("test_metadata") or {}).get("name") == "relationships"
        for other in node["depends_on"]["nodes"]
        if other in public and said["kwargs"]["to"] == f"ref('{public[other]}')"
    }
    told = marts.execute(
        "select table_name, column_names, referenced_table_name, referenced_column_name"
        " from relationships where kind = 'foreign_key'"
    ).fetchall()
    assert set(told) == proven and len(proven) > 50


def test_the_facts_that_are_joined_most_have_all_their_keys(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    """A column that bears the name of a dimension's key is a foreign key of it."""
    dimensions = marts.execute(
        "select column_names, table_name from relationships where kind = 'primary_key'"
        " and table_name like 'dim\\_%' escape '\\' and column_names like '%\\_key' escape '\\'"
    ).fetchall()
    for column, dimension in dimensions:
        for fact in ("fct_stage_events", "fct_bridge", "fct_quote_to_cash"):
            has = marts.execute(
                "select 1 from duckdb_columns() where table_name = ? and column_name = ?",
                [fact, column],
            ).fetchall()
            declared = marts.execute(
                "select 1 from relationships where (table_name, column_names, referenced_table_name) = (?, ?, ?)",
                [fact, column, dimension],
            ).fetchall()
            assert has == declared, (fact, column)


def test_the_exposure_of_bi_tools_names_every_published_table(
    manifest: dict[str, Any], public: dict[str, str]
) -> None:
    exposed = manifest["exposures"]["exposure.tieout.bi"]["depends_on"]["nodes"]
    assert {public.get(key, key) for key in exposed} == set(public.values())
