"""What a public table says of itself is complete, and its example runs on what is published."""

from __future__ import annotations

import json
import re
from typing import Any

import duckdb
import pytest

from tieout.settings import Settings

EXAMPLE = re.compile(r"```sql\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def public_models(small_warehouse: Settings) -> dict[str, dict[str, Any]]:
    """Each public model's node in dbt's manifest, by name."""
    manifest = json.loads((small_warehouse.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"].values()
    return {
        node["name"]: node
        for node in nodes
        if node["resource_type"] == "model" and node["access"] == "public"
    }


def test_every_published_table_has_a_description_that_stands_alone(
    small_warehouse: Settings, public_models: dict[str, dict[str, Any]]
) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        published = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    assert published
    assert {name for (name,) in published} == public_models.keys()
    for name, node in public_models.items():
        first = node["description"].split("\n\n")[0]
        assert first.endswith(".") and "`" not in first, (
            f"{name}: the first sentence does not stand alone: {first}"
        )
        for part in ("**Grain.**", "**Rules.**", "**Not for**"):
            assert part in node["description"], f"{name} does not say {part}"


def test_every_published_column_is_described(
    small_warehouse: Settings, public_models: dict[str, dict[str, Any]]
) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    silent = [
        f"{table}.{column}"
        for table, column in columns
        if not public_models[table]["columns"].get(column, {}).get("description", "").strip()
    ]
    assert columns
    assert not silent


def test_every_example_query_runs_on_the_published_file(
    small_warehouse: Settings, public_models: dict[str, dict[str, Any]]
) -> None:
    for name, node in public_models.items():
        examples = EXAMPLE.findall(node["description"])
        assert len(examples) == 1, f"{name} has {len(examples)} example queries"
        assert f"marts.{name}\n" in examples[0], f"{name}: the example does not read marts.{name}"
        with duckdb.connect(
            str(small_warehouse.marts.with_name("tieout.duckdb")), read_only=True
        ) as connection:
            assert connection.execute(examples[0]).fetchall(), f"{name}: the example finds nothing"
