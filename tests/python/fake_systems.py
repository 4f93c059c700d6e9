"""Connectors made up for a test, put where `land` looks for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import dlt
import duckdb

from tieout.landing.land import Landed, land
from tieout.landing.resource import group
from tieout.landing.table_types import Extract, Rows, Table
from tieout.sources.connectors import connectors

Generator = Callable[[Extract], Iterator[tuple[str, Rows]]]
Batch = tuple[str, Rows]

INVOICES = Table(
    "invoices",
    {
        "invoice_id": "text",
        "net_amount": "amount",
        "issued_on": "date",
        "changed_at": "timestamp",
        "payload": "json",
    },
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


def invoice(invoice_id: str, net_amount: object = "1.00", **more: object) -> dict[str, Any]:
    """An invoice as an API hands it over."""
    return {
        "invoice_id": invoice_id,
        "net_amount": net_amount,
        "issued_on": "2025-01-31",
        "changed_at": "2025-02-01T08:00:00Z",
        "payload": {"id": invoice_id},
        **more,
    }


def line(invoice_id: str, number: int, quantity: object = 1) -> dict[str, Any]:
    """A line of an invoice."""
    return {"invoice_id": invoice_id, "line_number": number, "quantity": quantity}


def connector(
    system: str, tables: tuple[Table, ...] = (), extract: Generator | None = None
) -> ModuleType:
    """A connector module with one group."""
    module = ModuleType(f"{connectors()[system].package}.source")

    @dlt.source(name=system)
    def source(*_: Any) -> Any:
        return [group(system, "all", tables, extract)] if extract else []

    module.TABLES = tables  # type: ignore[attr-defined]
    module.source = source  # type: ignore[attr-defined]
    if system == "imports":
        module.folders = lambda directory: []  # type: ignore[attr-defined]
    return module


def install(**modules: ModuleType) -> None:
    """Puts these connectors in place, and empty ones for the others. The fixture `own_connectors`
    undoes it."""
    for system, found in connectors().items():
        sys.modules[f"{found.package}.source"] = modules.get(system) or connector(system)


def land_rows(
    output: Path, *batches: Batch, tables: tuple[Table, ...] = (INVOICES, LINES), **said: Any
) -> Landed:
    """Lands these rows as HubSpot's; `said` are calls on the extract: the method and its
    arguments."""

    def extract(extract: Extract) -> Iterator[Batch]:
        yield from batches
        for method, arguments in said.items():
            getattr(extract, method)(*arguments)

    install(hubspot=connector("hubspot", tables, extract))
    return land(["hubspot"], None, output / ".dlt", output)[0]


def query(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the raw database."""
    with duckdb.connect(str(output / "raw.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def log(output: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """All versions in the log of a table of HubSpot's."""
    picks = ", ".join(["_record_key", "_version", "_is_deleted", *columns])
    return query(output, f"select {picks} from raw_hubspot.{table} order by _record_key, _version")


def counts(landed: Landed) -> dict[str, tuple[int, int, int]]:
    """New, changed and deleted records by table."""
    assert landed.error is None, landed.error.cause
    return {e.entity: (e.new_count, e.changed_count, e.deleted_count) for e in landed.entities}
