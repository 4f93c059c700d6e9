"""Connectors made up for a test, put where `land` looks for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import dlt
import duckdb

from pipelines.land import CONNECTORS, Landed, land
from pipelines.rawlog import Extract, Rows, Table, group

Generator = Callable[[Extract], Iterator[tuple[str, Rows]]]
INVOICES = Table(
    "invoices",
    {"invoice_id": "text", "net_amount": "amount", "issued_on": "date", "changed_at": "timestamp", "payload": "json"},
    key=("invoice_id",),
    required=frozenset({"invoice_id", "net_amount"}),
    updated_at="changed_at",
)
LINES = Table(
    "invoice_lines",
    {"invoice_id": "text", "line_number": "integer", "quantity": "number"},
    key=("invoice_id", "line_number"),
    parent=("invoice_id",),
)


def connector(system: str, tables: tuple[Table, ...] = (), extract: Generator | None = None) -> ModuleType:
    """A connector module with one group."""
    module = ModuleType(f"pipelines.sources.{system}")

    @dlt.source(name=system)
    def source(*_: Any) -> Any:
        return [group(system, "all", tables, extract)] if extract else []

    module.TABLES = tables  # type: ignore[attr-defined]
    module.source = source  # type: ignore[attr-defined]
    module.folders = lambda directory: []  # type: ignore[attr-defined]
    return module


def install(**modules: ModuleType) -> None:
    """Puts these connectors in place, and empty ones for the others."""
    for system in CONNECTORS:
        sys.modules[f"pipelines.sources.{system}"] = modules.get(system) or connector(system)


def land_rows(output: Path, *batches: tuple[str, list[dict[str, Any]]], **extras: Any) -> Landed:
    """Lands these rows as HubSpot's; `extras` are calls on the extract, by method name."""

    def extract(said: Extract) -> Iterator[tuple[str, Rows]]:
        yield from batches
        for method, arguments in extras.items():
            getattr(said, method)(*arguments)

    install(hubspot=connector("hubspot", (INVOICES, LINES), extract))
    return land(["hubspot"], None, output / ".dlt", output)[0]


def query(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the raw database."""
    with duckdb.connect(str(output / "raw.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()
