"""Reads PostgreSQL and SQLite with DuckDB's own scanners: a hundred times the rate of rows that
pass through Python.

Everything is read from one snapshot, rows, keys, counts and sums alike: from PostgreSQL in one
repeatable-read transaction, from SQLite out of a copy made by its online backup (its scanner opens
a connection a thread, and each sees the file as it is then).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from tieout.errors import LandingError
from tieout.landing.column_types import SQL_TYPES, literal, quoted
from tieout.landing.table_types import Rows, Scan
from tieout.sources.sql.schema import Column, SourceTable, unreachable

SOURCE = "source_db"
_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


@dataclass(frozen=True)
class Totals:
    """What the database says of a table: rows, the sum of its amount, and its last change as it
    writes it."""

    count: int
    amount: Decimal | None
    last_change: datetime | None


class Snapshot(Protocol):
    """One state of a database, from which everything is read. `rows` comes first."""

    def rows(self, table: SourceTable, since: datetime | None) -> Iterator[Rows]:
        """The records in our columns: those changed at `since` (the database's clock) or later, or
        all."""

    def rest(self, table: SourceTable) -> Iterator[Rows]:
        """After `rows` of what changed: all the others."""

    def keys(self, table: SourceTable) -> Rows:
        """The keys of all records, in our columns."""

    def missed(self, table: SourceTable, known: pa.Table) -> bool:
        """After `rows` of what changed: whether records escaped it, `known` being the keys that
        were landed before."""

    def totals(self, table: SourceTable, amount: str | None) -> Totals:
        """Of all records; `amount` is our column."""

    def close(self) -> None:
        """Nothing more will be asked; what was handed over as a scan can still be read."""


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads a DuckDB extension from its wheel, by path: to install it would write to the home
    folder, or download."""
    spec = find_spec(f"duckdb_extension_{name}")
    folder = Path(spec.origin).parent / "extensions" if spec and spec.origin else None
    file = (
        next(iter(folder.glob(f"v{duckdb.__version__}/{name}.duckdb_extension")), None)
        if folder
        else None
    )
    if file is None:
        raise LandingError(
            f"DuckDB's extension {name} {duckdb.__version__} is not installed",
            f"Install duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}.",
        )
    connection.execute(f"load {literal(str(file))}")


class Scanned:
    """What the two have in common; `attach` makes the database known as `SOURCE` to a
    connection."""

    texts_only = False

    def __init__(self, system: str, engine: sa.Engine, time_zone: str) -> None:
        self.system, self.engine, self.time_zone = system, engine, time_zone
        self.connection: duckdb.DuckDBPyConnection | None = None
        # Of each table, which of its rows are read; and those that are read by a cursor.
        self.asked: dict[str, str] = {}

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attaches the database, once to a connection."""
        raise NotImplementedError

    def relation(self, table: SourceTable) -> str:
        """The table, in SQL."""
        return ".".join(quoted(part) for part in (SOURCE, *table.place) if part)

    def name(self, table: SourceTable, column: str) -> str:
        """What a column of the table is called in `relation`, in SQL."""
        return quoted(column)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What every scan calls first: all of them run on the one connection of the landing, in one
        transaction."""
        if self.connection is connection:
            return
        self.connection = connection
        self.attach(connection)

    def rows(self, table: SourceTable, since: datetime | None) -> Iterator[Rows]:
        mapped, query = table.mapped, self._select(table)
        self.asked[mapped.name] = "true"
        if since is None or mapped.updated_at is None:
            yield Scan(query, self.prepare)
            return
        changed = self.name(table, mapped.updated_at)
        moved = f"try_cast({changed} as timestamp)" if self.texts_only else changed
        last = literal(since.isoformat(sep=" "))
        last = (
            f"timestamptz {last}" if table.columns[mapped.updated_at].zoned else f"timestamp {last}"
        )
        # Two scans, because `or … is null` would keep the scanner from passing the condition on to
        # the database.
        self.asked[mapped.name] = f"({moved} >= {last} or {moved} is null)"
        yield Scan(f"{query} where {moved} >= {last}", self.prepare)
        if table.columns[mapped.updated_at].nullable or self.texts_only:
            yield Scan(f"{query} where {moved} is null", self.prepare)

    def rest(self, table: SourceTable) -> Iterator[Rows]:
        yield Scan(f"{self._select(table)} where not {self.asked[table.mapped.name]}", self.prepare)
        self.asked[table.mapped.name] = "true"

    def _select(self, table: SourceTable) -> str:
        mapped = table.mapped
        picks = [f"{self._value(table, ours)} as {quoted(ours)}" for ours in mapped.columns]
        picks += [
            f"cast({self.name(table, extra)} as varchar) as {quoted(extra)}"
            for extra in mapped.extra
        ]
        return f"select {', '.join(picks)} from {self.relation(table)}"

    def keys(self, table: SourceTable) -> Rows:
        return Scan(f"select {self._keys(table)} from {self.relation(table)}", self.prepare)

    def _keys(self, table: SourceTable) -> str:
        return ", ".join(
            f"{self._value(table, ours)} as {quoted(ours)}" for ours in table.mapped.table.key
        )

    def missed(self, table: SourceTable, known: pa.Table) -> bool:
        con, mapped = self._connected(), table.mapped
        con.register("known_keys", known)
        same = []
        for ours in mapped.table.key:
            # As the log has it, as text.
            value = f"({self._value(table, ours)})::varchar"
            kind = SQL_TYPES[mapped.table.columns[ours]]
            typed = value if kind == "VARCHAR" else f"try_cast({value} as {kind})::varchar"
            same.append(f"{typed} is not distinct from known_keys.{quoted(ours)}")
        try:
            found = con.execute(
                f"select 1 from (select * from {self.relation(table)}) as source where not {self.asked[mapped.name]}"
                f" and not exists (select 1 from known_keys where {' and '.join(same)}) limit 1"
            ).fetchone()
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        finally:
            con.unregister("known_keys")
        return found is not None

    def _connected(self) -> duckdb.DuckDBPyConnection:
        if self.connection is None:
            raise RuntimeError("rows are read before anything else is asked for")
        return self.connection

    def _unreadable(self, table: SourceTable, error: Exception) -> LandingError:
        return unreachable(self.system, self.engine, error, f"{table.mapped.source} cannot be read")

    def check(self, table: SourceTable) -> None:
        """Raises DriftError for a value that would come out of the scanner as another one."""

    def totals(self, table: SourceTable, amount: str | None) -> Totals:
        connection, mapped = self._connected(), table.mapped
        self.check(table)
        total, last = "null", "null"
        if amount and amount in mapped.columns:
            theirs = f"cast({self.name(table, mapped.columns[amount])} as varchar)"
            total = f"sum(try_cast(nullif(trim({theirs}), '') as decimal(18, 2)))"
        if mapped.updated_at:
            last = f"max(try_cast({self.name(table, mapped.updated_at)} as timestamp))"
        try:
            row = connection.execute(
                f"select count(*), {total}, {last} from {self.relation(table)}"
            ).fetchone()
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        count, summed, last_change = row or (0, None, None)
        return Totals(
            int(count), Decimal(0) if total != "null" and summed is None else summed, last_change
        )

    def close(self) -> None:
        # The scans run on the landing's connection, which ends with it.
        self.engine.dispose()

    def _value(self, table: SourceTable, ours: str) -> str:
        """A column of ours from the database's: codes translated, times brought to UTC."""
        mapped = table.mapped
        name, column = self.name(table, mapped.columns[ours]), table.columns[mapped.columns[ours]]
        kind = mapped.table.columns[ours]
        if ours in mapped.codes:
            cases = " ".join(
                f"when {literal(a)} then {literal(b)}" for a, b in mapped.codes[ours].items()
            )
            return f"case cast({name} as varchar) {cases} else cast({name} as varchar) end"
        if kind not in {"date", "timestamp"} or (self.time_zone == "UTC" and not column.zoned):
            return name
        return self._timed(name, column, kind)

    def _timed(self, name: str, column: Column, kind: str) -> str:
        zone = literal(self.time_zone)
        if self.texts_only:
            # What cannot be read, or carries its zone, is left for the landing, which names it or
            # knows what to do.
            local = f"timezone('UTC', timezone({zone}, try_cast({name} as timestamp)))"
            if kind == "date":
                return name
            told = f"coalesce(cast({local} as varchar), {name})"
            return (
                f"case when regexp_matches({name}, {literal(_OFFSET)}) then {name} else {told} end"
            )
        if kind == "date":
            return f"cast(timezone({zone}, {name}) as date)" if column.zoned else name
        return (
            name
            if column.zoned
            else f"timezone('UTC', timezone({zone}, cast({name} as timestamp)))"
        )
