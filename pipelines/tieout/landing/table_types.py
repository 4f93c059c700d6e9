"""What a connector declares of its tables, and the forms in which it hands over rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A raw table. `columns` maps each column to text, amount, number, date, timestamp, boolean,
    integer or json."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    required: frozenset[str] = frozenset()
    updated_at: str | None = None
    # Key columns of the parent, which is the table of the same group that has exactly them as its
    # key.
    parent: tuple[str, ...] = ()
    # Key columns that may be empty (a tax rate for all categories).
    nullable_key: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scan:
    """Rows that DuckDB reads by itself. `prepare` loads extensions and attaches databases on the
    connection it gets."""

    sql: str
    prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None


@dataclass(frozen=True)
class Ready:
    """A parquet file in the spool folder with exactly the table's columns, in order and type, and
    one row per key."""

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
        """This extract hands over the whole table: records that are not in it get a tombstone,
        their children too."""
        self.whole.add(table)

    def delete(self, table: str, keys: Iterable[Key]) -> None:
        """These records were deleted in the source; they and their children get a tombstone.

        One that is handed over as well (an archived record) is a tombstone with the content that
        arrived.
        """
        self.gone.setdefault(table, []).extend(keys)

    def present(self, table: str, keys: Rows) -> None:
        """All keys that the source has now (rows with the key columns): any other record was
        deleted there."""
        self.alive[table] = keys

    def drift(self, table: str, new_columns: Iterable[str]) -> None:
        """Reports columns the connector met and did not hand over as columns (they are in
        `payload`)."""
        known = self.new_columns.setdefault(table, [])
        known.extend(column for column in new_columns if column not in known)

    def refused(self, table: str, why: str) -> None:
        """The source does not let us read this table, on which nothing that is needed hangs: it is
        missing, by name."""
        self.refusals[table] = why


@dataclass(frozen=True)
class Landing:
    """The landing in progress: which load is written, where to, and what every row of it
    carries."""

    system: str
    source_system: str
    load_id: str
    landed_at: dt.datetime
    raw_path: Path
    spool_dir: Path
    # Columns that are the same on every row and part of the record's identity (`source_system` of
    # an import folder).
    constants: Mapping[str, str] = field(default_factory=dict)


CURRENT_LANDING: ContextVar[Landing] = ContextVar("current_landing")


@dataclass(frozen=True)
class PackageFile:
    """One typed parquet file, on its way into the package of the load."""

    table: str
    path: Path
    row_count: int
    columns: Mapping[str, Any]
