"""The insert-only log: what a connector declares, and what it hands over.

A connector declares its tables (`Table`) and wraps each stretch of work that shares one cursor into a `group`. Its
generator yields `(table, rows)`; the kernel types the rows, and dlt carries them to `raw_<system>`, where one statement
per table compares them with the newest versions and inserts what is new (`raw_stamp.py`).

    def invoices(extract: Extract) -> Iterator[tuple[str, Rows]]:
        since = extract.state.get("modified_since")
        for page in client.pages("Invoices", since):
            yield "invoices", [flat(record) for record in page]
            yield "invoice_lines", [line for record in page for line in lines(record)]
        extract.state["modified_since"] = newest      # saved with the package, so it moves only with its rows
        extract.said("invoices", count=total)

Rows are `list[dict]` (values: str, int, Decimal, bool, date, datetime, dict or list for `json`; never float),
`pyarrow.Table`, `pathlib.Path` to a parquet file, or a `Scan` (SQL that DuckDB runs, to be used for databases).

- The rows of one parent arrive together, in one yielded list; of two occurrences of a record in one extract the later
  `updated_at`, then the later arrival, counts.
- `''` in a column that is not text is null. `amount` must be exact to the cent; `number` is rounded to six decimals.
- Columns that are not declared are kept as text and reported as drift. A declared column may be absent (it is null),
  one in `required` may not: if no row of the extract has it, the system stops with `DriftError`.
- A value that does not cast stops the system with `DriftError`.
- `json` columns are written as text with decimals kept exactly as they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import dlt
import duckdb
import pyarrow as pa
from dlt.extract import DltResource

from pipelines.errors import AuthError, DriftError, LandingError, RefusedFile

__all__ = [
    "AuthError",
    "DriftError",
    "Extract",
    "Key",
    "LandingError",
    "Ready",
    "Record",
    "RefusedFile",
    "Rows",
    "Scan",
    "Table",
    "group",
    "where_allowed",
]

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A raw table. `columns` maps each column to text, amount, number, date, timestamp, boolean, integer or json."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    required: frozenset[str] = frozenset()
    updated_at: str | None = None
    # Key columns of the parent, which is the table of the same group that has exactly them as its key.
    parent: tuple[str, ...] = ()
    # Key columns that may be empty (a tax rate for all categories).
    nullable_key: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scan:
    """Rows that DuckDB reads by itself. `prepare` loads extensions and attaches databases on the connection it gets."""

    sql: str
    prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None


@dataclass(frozen=True)
class Ready:
    """A parquet file in the spool folder with exactly the table's columns, in order and type, and one row per key."""

    path: Path
    row_count: int


Rows: TypeAlias = "Sequence[Record] | pa.Table | Path | Scan | Ready"
Key: TypeAlias = tuple[Any, ...]


@dataclass
class Extract:
    """What a group's generator says about its rows besides the rows themselves."""

    # Cursors. dlt saves them with the package, so they move only with their rows.
    state: dict[str, Any]
    totals: dict[str, tuple[int | None, Decimal | None]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    gone: dict[str, list[Key]] = field(default_factory=dict)
    alive: dict[str, Rows] = field(default_factory=dict)
    new_columns: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)

    def said(self, table: str, count: int | None, amount: Decimal | None = None) -> None:
        """The source's own count and sum of everything it has in this table."""
        self.totals[table] = (count, amount)

    def full(self, table: str) -> None:
        """This extract hands over the whole table: records that are not in it get a tombstone, their children too."""
        self.whole.add(table)

    def delete(self, table: str, keys: Iterable[Key]) -> None:
        """These records were deleted in the source; they and their children get a tombstone.

        One that is handed over as well (an archived record) is a tombstone with the content that arrived.
        """
        self.gone.setdefault(table, []).extend(keys)

    def present(self, table: str, keys: Rows) -> None:
        """All keys that the source has now (rows with the key columns): any other record was deleted there."""
        self.alive[table] = keys

    def drift(self, table: str, new_columns: Iterable[str]) -> None:
        """Reports columns the connector met and did not hand over as columns (they are in `payload`)."""
        known = self.new_columns.setdefault(table, [])
        known.extend(column for column in new_columns if column not in known)

    def refused(self, table: str, why: str) -> None:
        """The source does not let us read this table, on which nothing that is needed hangs: it is missing, by name."""
        self.refusals[table] = why


@dataclass(frozen=True)
class Landing:
    """The landing in progress: which load is written, where to, and what every row of it carries."""

    system: str
    source_system: str
    load_id: str
    landed_at: dt.datetime
    raw_path: Path
    spool_dir: Path
    # Columns that are the same on every row and part of the record's identity (`source_system` of an import folder).
    constants: Mapping[str, str] = field(default_factory=dict)


CURRENT_LANDING: ContextVar[Landing] = ContextVar("current_landing")


@dataclass(frozen=True)
class PackageFile:
    """One typed parquet file, on its way into the package of the load."""

    table: str
    path: Path
    row_count: int
    columns: Mapping[str, Any]


def where_allowed(
    tables: Sequence[Table], extract: Callable[[Extract], Iterator[tuple[str, Rows]]]
) -> Callable[[Extract], Iterator[tuple[str, Rows]]]:
    """The extract of tables that may be missing: a refusal by the source is noted, and stops nothing else."""

    def read(said: Extract) -> Iterator[tuple[str, Rows]]:
        try:
            yield from extract(said)
        except AuthError as error:
            for table in tables:
                if table.name not in said.whole:
                    said.refused(table.name, error.cause)

    return read


def group(
    system: str,
    name: str,
    tables: Sequence[Table],
    extract: Callable[[Extract], Iterator[tuple[str, Rows]]],
) -> DltResource:
    """A dlt resource that lands `tables` from one run of `extract`; they share its cursors and move together."""
    from pipelines.raw_spool import Spool  # noqa: PLC0415 - the spool needs the types above

    by_key = {table.key: table for table in tables}
    for table in tables:
        if table.parent and table.parent not in by_key:
            raise ValueError(f"{system}.{table.name}: no table of group {name} has the key {table.parent}")

    @dlt.resource(
        name=name,
        table_name=lambda file: file.table,
        columns=lambda file: file.columns,
        write_disposition="append",
        file_format="parquet",
    )
    def package() -> Iterator[Any]:
        landing = CURRENT_LANDING.get()
        said = Extract(state=dlt.current.resource_state())
        with Spool(landing, tables) as spool:
            for table_name, rows in extract(said):
                spool.add(table_name, rows)
            for file in spool.files(said):
                yield dlt.mark.with_file_import(str(file.path), "parquet", file.row_count, hints=file)

    resource: DltResource = package()
    return resource
