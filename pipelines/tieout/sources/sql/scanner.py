"""Reads PostgreSQL and SQLite with DuckDB's own scanners: a hundred times the rate of rows that
pass through Python.

Everything is read from one snapshot, rows, keys, counts and sums alike: from PostgreSQL in one
repeatable-read transaction, from SQLite out of a copy made by its online backup (its scanner opens
a connection a thread, and each sees the file as it is then).
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
import pyarrow as pa
import sqlalchemy as sa

from tieout.errors import DriftError, LandingError
from tieout.landing.column_types import SQL_TYPES, literal, quoted
from tieout.landing.table_types import CURRENT_LANDING, Rows, Scan
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


class _Scanned:
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


class PostgresSnapshot(_Scanned):
    """A PostgreSQL database in one repeatable-read transaction."""

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        load_extension(connection, "postgres_scanner")
        url = self.engine.url.set(drivername="postgresql")
        if url.password:
            # Not in the address: DuckDB repeats that in its messages.
            os.environ["PGPASSWORD"] = str(url.password)
        # libpq knows no + for a blank; one that is meant is written as %2B.
        address = url.set(password=None).render_as_string(hide_password=False).replace("+", "%20")
        try:
            connection.execute("begin")
            connection.execute(f"attach {literal(address)} as {SOURCE} (type postgres, read_only)")
        except duckdb.Error as error:
            raise unreachable(self.system, self.engine, error) from None

    def relation(self, table: SourceTable) -> str:
        used = self._used(table)
        if not table.alike and all(table.columns[name].exact for name in used):
            return super().relation(table)
        # A numeric without precision would arrive as floating point, and DuckDB takes Jobs for
        # jobs: PostgreSQL itself reads these, and writes such numbers as text.
        picks = [
            quoted(name)
            + ("" if table.columns[name].exact else "::text")
            + f" as {self.name(table, name)}"
            for name in used
        ]
        return self._query(f"select {', '.join(picks)} from {self._there(table)}")

    def name(self, table: SourceTable, column: str) -> str:
        return quoted(f"c{self._used(table).index(column)}") if table.alike else quoted(column)

    def check(self, table: SourceTable) -> None:
        """NaN becomes 0.00 in the scanner, and infinity and years before Christ a day that is
        none."""
        mapped = table.mapped
        odd: dict[str, str] = {}
        for name in self._used(table):
            column, here = table.columns[name], quoted(name)
            if column.family in ("number", "float") and not (
                column.family == "number" and not column.fractional
            ):
                odd[name] = f"{here}::text in ('NaN', 'Infinity', '-Infinity')"
            elif column.family in ("date", "timestamp"):
                odd[name] = (
                    f"(not isfinite({here}) or {here} < '0001-01-01' or {here} >= '10000-01-01')"
                )
        if not odd:
            return
        key = ", ".join(f"{quoted(mapped.columns[ours])}::text" for ours in mapped.table.key)
        cases = " ".join(
            f"when {condition} then {literal(name)} || chr(31) || {quoted(name)}::text"
            for name, condition in odd.items()
        )
        query = (
            f"select concat_ws('|', {key}) as record, case {cases} end as found from {self._there(table)}"
            f" where ({' or '.join(odd.values())}) and {self._theirs(table)} limit 1"
        )
        try:
            found = (
                self._connected()
                .execute(f"select record, found from {self._query(query)}")
                .fetchone()
            )
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        if found:
            name, _, value = str(found[1]).partition(chr(31))
            raise DriftError(
                f"{self.system}: {mapped.source}.{name} of record {found[0]} is {value}, which is no value of ours",
                f"Correct it in the database, or name {name} under `ignore` of {mapped.name} if nothing is to be read"
                " from it. Nothing of this system was landed.",
            )

    def missed(self, table: SourceTable, known: pa.Table) -> bool:
        return self._counts_differ(table) or super().missed(table, known)

    def _counts_differ(self, table: SourceTable) -> bool:
        """Whether PostgreSQL counts other changed rows than the scan finds: the two read the
        condition differently."""
        changed, mapped = self.asked[table.mapped.name], table.mapped
        if not mapped.updated_at:
            return False
        count = f"select count(*) as n from {self._there(table)} where {self._theirs(table)}"
        try:
            row = (
                self._connected()
                .execute(
                    f"select (select n from {self._query(count)}),"
                    f" (select count(*) from {self.relation(table)} where {changed})"
                )
                .fetchone()
            )
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        return row is not None and row[0] != row[1]

    def _theirs(self, table: SourceTable) -> str:
        """Which rows are read, as PostgreSQL itself calls the column."""
        changed, column = self.asked[table.mapped.name], table.mapped.updated_at
        return changed.replace(self.name(table, column), quoted(column)) if column else changed

    def _used(self, table: SourceTable) -> list[str]:
        return sorted({*table.mapped.columns.values(), *table.mapped.extra})

    @staticmethod
    def _there(table: SourceTable) -> str:
        return ".".join(quoted(part) for part in table.place if part)

    @staticmethod
    def _query(query: str) -> str:
        return f"postgres_query({literal(SOURCE)}, {literal(query)})"


class SqliteSnapshot(_Scanned):
    """A copy of a SQLite database. Every value is read as text: its types are advice, and money
    would be a double."""

    texts_only = True

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        load_extension(connection, "sqlite_scanner")
        copy = CURRENT_LANDING.get().spool_dir / "source.sqlite"
        copy.unlink(missing_ok=True)
        try:
            with (
                closing(self.engine.raw_connection()) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                driver = source.driver_connection
                if not isinstance(driver, sqlite3.Connection):
                    raise TypeError(
                        f"{self.system}: {self.engine.url.drivername} is not Python's own driver"
                    )
                driver.backup(target)
        except sqlite3.Error as error:
            raise unreachable(self.system, self.engine, error) from error
        connection.execute("set global sqlite_all_varchar = true")
        connection.execute(f"attach {literal(str(copy))} as {SOURCE} (type sqlite, read_only)")
