"""Reads PostgreSQL and SQLite with DuckDB's own scanners: a hundred times the rate of rows that pass through Python.

Everything is read from one snapshot, rows, keys, counts and sums alike: from PostgreSQL in one repeatable-read
transaction, from SQLite out of a copy made by its online backup (its scanner opens a connection a thread, and each sees
the file as it is then).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import duckdb
import sqlalchemy as sa

from pipelines.errors import LandingError, SourceUnavailable
from pipelines.raw_types import literal, quoted
from pipelines.rawlog import CURRENT_LANDING, Rows, Scan
from pipelines.sources.sql_schema import Column, SourceTable, unreachable

SOURCE = "source_db"
_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


@dataclass(frozen=True)
class Totals:
    """What the database says of a table: rows, the sum of its amount, and its last change as it writes it."""

    count: int
    amount: Decimal | None
    last_change: datetime | None


class Snapshot(Protocol):
    """One state of a database, from which everything is read. `rows` comes first."""

    def rows(self, table: SourceTable, since: datetime | None) -> Iterator[Rows]:
        """The records in our columns: those changed at `since` (the database's clock) or later, or all."""

    def keys(self, table: SourceTable) -> Rows:
        """The keys of all records, in our columns."""

    def totals(self, table: SourceTable, amount: str | None) -> Totals:
        """Of all records; `amount` is our column."""

    def close(self) -> None:
        """Nothing more will be asked; what was handed over as a scan can still be read."""


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads a DuckDB extension from its wheel, by path: to install it would write to the home folder, or download."""
    spec = find_spec(f"duckdb_extension_{name}")
    folder = Path(spec.origin).parent / "extensions" if spec and spec.origin else None
    file = next(iter(folder.glob(f"v{duckdb.__version__}/{name}.duckdb_extension")), None) if folder else None
    if file is None:
        raise LandingError(
            f"DuckDB's extension {name} {duckdb.__version__} is not installed",
            f"Install duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}.",
        )
    connection.execute(f"load {literal(str(file))}")


class _Scanned:
    """What the two have in common; `attach` makes the database known as `SOURCE` to a connection."""

    texts_only = False

    def __init__(self, system: str, engine: sa.Engine, time_zone: str) -> None:
        self.system, self.engine, self.time_zone = system, engine, time_zone
        self.connection: duckdb.DuckDBPyConnection | None = None

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attaches the database, once to a connection."""
        raise NotImplementedError

    def relation(self, table: SourceTable) -> str:
        """The table, in SQL."""
        schema, name = table.mapped.schema_and_table
        return ".".join(quoted(part) for part in (SOURCE, schema, name) if part)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What every scan calls first: all of them run on the one connection of the landing, in one transaction."""
        if self.connection is connection:
            return
        self.connection = connection
        self.attach(connection)

    def rows(self, table: SourceTable, since: datetime | None) -> Iterator[Rows]:
        mapped = table.mapped
        picks = [f"{self._value(table, ours)} as {quoted(ours)}" for ours in mapped.columns]
        picks += [f"cast({quoted(extra)} as varchar) as {quoted(extra)}" for extra in mapped.extra]
        query = f"select {', '.join(picks)} from {self.relation(table)}"
        if since is None or mapped.updated_at is None:
            yield Scan(query, self.prepare)
            return
        changed = quoted(mapped.updated_at)
        moved = f"try_cast({changed} as timestamp)" if self.texts_only else changed
        last = literal(since.isoformat(sep=" "))
        last = f"timestamptz {last}" if table.columns[mapped.updated_at].zoned else f"timestamp {last}"
        # Two scans, because `or … is null` would keep the scanner from passing the condition on to the database.
        yield Scan(f"{query} where {moved} >= {last}", self.prepare)
        if table.columns[mapped.updated_at].nullable or self.texts_only:
            yield Scan(f"{query} where {moved} is null", self.prepare)

    def keys(self, table: SourceTable) -> Rows:
        mapped = table.mapped
        picks = [f"{self._value(table, ours)} as {quoted(ours)}" for ours in mapped.table.key]
        return Scan(f"select {', '.join(picks)} from {self.relation(table)}", self.prepare)

    def totals(self, table: SourceTable, amount: str | None) -> Totals:
        if self.connection is None:
            raise RuntimeError("rows are read before totals are asked for")
        mapped = table.mapped
        total, last = "null", "null"
        if amount and amount in mapped.columns:
            theirs = f"cast({quoted(mapped.columns[amount])} as varchar)"
            total = f"sum(try_cast(nullif(trim({theirs}), '') as decimal(18, 2)))"
        if mapped.updated_at:
            last = f"max(try_cast({quoted(mapped.updated_at)} as timestamp))"
        try:
            row = self.connection.execute(f"select count(*), {total}, {last} from {self.relation(table)}").fetchone()
        except duckdb.Error as error:
            raise SourceUnavailable(f"{self.system}: {mapped.source} cannot be read: {error}") from error
        count, summed, last_change = row or (0, None, None)
        return Totals(int(count), Decimal(0) if total != "null" and summed is None else summed, last_change)

    def close(self) -> None:
        # The scans run on the landing's connection, which ends with it.
        self.engine.dispose()

    def _value(self, table: SourceTable, ours: str) -> str:
        """A column of ours from the database's: codes translated, times brought to UTC."""
        mapped = table.mapped
        name, column = quoted(mapped.columns[ours]), table.columns[mapped.columns[ours]]
        kind = mapped.table.columns[ours]
        if ours in mapped.codes:
            cases = " ".join(f"when {literal(a)} then {literal(b)}" for a, b in mapped.codes[ours].items())
            return f"case cast({name} as varchar) {cases} else cast({name} as varchar) end"
        if kind not in {"date", "timestamp"} or (self.time_zone == "UTC" and not column.zoned):
            return name
        return self._timed(name, column, kind)

    def _timed(self, name: str, column: Column, kind: str) -> str:
        zone = literal(self.time_zone)
        if self.texts_only:
            # What cannot be read, or carries its zone, is left for the landing, which names it or knows what to do.
            local = f"timezone('UTC', timezone({zone}, try_cast({name} as timestamp)))"
            if kind == "date":
                return name
            told = f"coalesce(cast({local} as varchar), {name})"
            return f"case when regexp_matches({name}, {literal(_OFFSET)}) then {name} else {told} end"
        if kind == "date":
            return f"cast(timezone({zone}, {name}) as date)" if column.zoned else name
        return name if column.zoned else f"timezone('UTC', timezone({zone}, cast({name} as timestamp)))"


class PostgresSnapshot(_Scanned):
    """A PostgreSQL database in one repeatable-read transaction."""

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        load_extension(connection, "postgres_scanner")
        url = self.engine.url.set(drivername="postgresql")
        if url.password:
            # Not in the address: DuckDB repeats that in its messages.
            os.environ["PGPASSWORD"] = str(url.password)
        address = url.set(password=None).render_as_string(hide_password=False)
        try:
            connection.execute("begin")
            connection.execute(f"attach {literal(address)} as {SOURCE} (type postgres, read_only)")
        except duckdb.Error as error:
            raise unreachable(self.system, self.engine, error) from None

    def relation(self, table: SourceTable) -> str:
        used = {*table.mapped.columns.values(), *table.mapped.extra}
        if all(table.columns[name].exact for name in used):
            schema, name = table.mapped.schema_and_table
            return ".".join(quoted(part) for part in (SOURCE, schema or "public", name))
        # A numeric without precision would arrive as floating point: PostgreSQL itself writes it as text.
        picks = [quoted(name) + ("" if table.columns[name].exact else f"::text as {quoted(name)}") for name in used]
        schema, name = table.mapped.schema_and_table
        inner = f"select {', '.join(sorted(picks))} from {'.'.join(quoted(part) for part in (schema, name) if part)}"
        return f"postgres_query({literal(SOURCE)}, {literal(inner)})"


class SqliteSnapshot(_Scanned):
    """A copy of a SQLite database. Every value is read as text: its types are advice, and money would be a double."""

    texts_only = True

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        load_extension(connection, "sqlite_scanner")
        copy = CURRENT_LANDING.get().spool_dir / "source.sqlite"
        copy.unlink(missing_ok=True)
        try:
            with closing(self.engine.raw_connection()) as source, closing(sqlite3.connect(copy)) as target:
                driver = source.driver_connection
                if not isinstance(driver, sqlite3.Connection):
                    raise TypeError(f"{self.system}: {self.engine.url.drivername} is not Python's own driver")
                driver.backup(target)
        except sqlite3.Error as error:
            raise unreachable(self.system, self.engine, error) from error
        connection.execute("set global sqlite_all_varchar = true")
        connection.execute(f"attach {literal(str(copy))} as {SOURCE} (type sqlite, read_only)")
