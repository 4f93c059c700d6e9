"""Some models on Spark beside the same ones of DuckDB: what they read and are not themselves is
DuckDB's, as Parquet."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from tieout.landing.column_types import literal, quoted
from tieout.settings import PROJECT, Settings, Spark
from tieout.spark.lake import export


def beside(
    built: Settings, folder: Path, chosen: Sequence[str], master: str | None = None
) -> Settings:
    """A warehouse with the same log, to build the chosen nodes of it on Spark.

    Args:
        built: a warehouse that DuckDB built.
        folder: where to, a folder that is not there.
        chosen: names of nodes.
        master: of a cluster, if not a session on this machine.
    """
    nodes, sources = (manifest_of(built)[kind] for kind in ("nodes", "sources"))
    folder.mkdir(parents=True)
    for path in (built.raw, built.history):
        shutil.copyfile(path, folder / path.name)
    settings = replace(built, output=folder, spark=Spark(folder / "lake", master=master))
    settings.prepare()
    log = export(settings, folder / "lake")
    ids = {name for name, node in nodes.items() if node["name"] in chosen}
    read = {name for id_ in ids for name in nodes[id_]["depends_on"].get("nodes", [])} - ids
    landed = {
        (sources[name]["schema"], sources[name]["identifier"]) for name in read & sources.keys()
    }
    for path in log.glob("raw_*/*"):
        if (path.parent.name, path.name) not in landed:
            shutil.rmtree(path)
    with duckdb_build(built) as connection:
        for relation in sorted({relation_of(nodes[name]) for name in read & nodes.keys()}):
            schema, _, table = relation.partition(".")
            to = log / schema / table
            to.mkdir(parents=True)
            # The sum of whole numbers is wider in DuckDB than Parquet can say.
            columns = ", ".join(
                f"{quoted(name)}::bigint as {quoted(name)}" if kind == "HUGEINT" else quoted(name)
                for name, kind, *_ in connection.execute(f"describe build.{relation}").fetchall()
            )
            connection.execute(
                f"copy (select {columns} from build.{relation}) to {literal(str(to / 'part.parquet'))}"
                " (format parquet)"
            )
    return settings


def manifest_of(built: Settings) -> dict[str, Any]:
    """dbt's manifest of a build."""
    said: dict[str, Any] = json.loads((built.target / "manifest.json").read_text())
    return said


def relation_of(node: dict[str, Any]) -> str:
    """Where a node's rows are, in both builds."""
    return f"{node['schema']}.{node['alias']}"


def duckdb_build(built: Settings, file: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A file beside what DuckDB built: views of staging read the log."""
    connection = duckdb.connect(file)
    for name, path in (("build", built.build), ("raw", built.raw), ("history", built.history)):
        connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
    return connection


def compare_marts() -> ModuleType:
    """What compares two builds cell by cell."""
    spec = importlib.util.spec_from_file_location(
        "compare_marts", PROJECT / "tests" / "compare_marts.py"
    )
    if spec is None or spec.loader is None:
        raise ImportError("tests/compare_marts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
