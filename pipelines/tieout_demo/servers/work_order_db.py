"""Keeps a work-order database in step with the simulated one: new rows go in, changed ones change,
gone ones go.

One transaction a call, on SQLite (a file) or PostgreSQL (a URL): a killed process leaves one day or
the next.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tieout.errors import TieoutError

Row = Mapping[str, Any]
_SCHEMA = Path(__file__).with_name("work_orders.sql")
_TABLE = re.compile(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", re.S)
_COLUMN = re.compile(r"^\s+(\w+)\s+(\w+)(?:\((\d+)(?:,\s*(\d+))?\))?", re.M)


class _Cursor(Protocol):
    def execute(self, query: Any, params: Any = ..., /) -> Any: ...
    def executemany(self, query: Any, params_seq: Any, /) -> Any: ...
    def fetchall(self) -> Any: ...


def schema() -> dict[str, dict[str, tuple[str, int]]]:
    """Table -> column -> (type, decimals), as `work_orders.sql` declares them; the first column is
    the key."""
    tables = {}
    for name, body in _TABLE.findall(_SCHEMA.read_text(encoding="utf-8")):
        tables[name] = {
            column: (kind, int(scale or 0))
            for column, kind, _, scale in _COLUMN.findall(re.sub(r"--.*", "", body))
        }
    return tables


def ddl(*, sqlite: bool) -> list[str]:
    """The CREATE statements. SQLite would keep a NUMERIC as a float: there it is text."""
    found = [
        f"CREATE TABLE IF NOT EXISTS {name} (\n{body}\n)"
        for name, body in _TABLE.findall(_SCHEMA.read_text(encoding="utf-8"))
    ]
    return (
        [re.sub(r"NUMERIC\(\d+, \d+\)", "TEXT", statement) for statement in found]
        if sqlite
        else found
    )


def write_database(url: str, tables: Mapping[str, Sequence[Row]]) -> dict[str, int]:
    """Brings the database to these rows, and says how many rows of each table were written or
    removed.

    `url` is `sqlite:///path` or `postgresql://…`. TieoutError for any other, and for a database
    that cannot be opened.
    """
    declared = schema()
    unknown = sorted(set(tables) - set(declared))
    if unknown:
        raise TieoutError(
            f"the work-order database has no table {', '.join(unknown)}",
            f"add it to {_SCHEMA.name}",
        )
    with _transaction(url) as (cursor, mark, sqlite):
        for statement in ddl(sqlite=sqlite):
            cursor.execute(statement)
        return {
            name: _bring(
                cursor,
                mark,
                name,
                columns,
                [_stored(row, columns, sqlite) for row in tables.get(name, ())],
                sqlite,
            )
            for name, columns in declared.items()
        }


@contextmanager
def _transaction(url: str) -> Iterator[tuple[_Cursor, str, bool]]:
    kind, _, rest = url.partition("://")
    if kind == "sqlite":
        path = Path(rest.removeprefix("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as lite:
            cursor = lite.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor, "?", True
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
    elif kind.partition("+")[0] in {"postgresql", "postgres"}:
        try:
            connection = psycopg.connect(f"postgresql://{rest}")
        except psycopg.OperationalError as error:
            raise TieoutError(
                "the work-order database cannot be opened",
                f"check its address and that it runs: {error}",
            ) from error
        with connection, connection.cursor() as post:
            yield post, "%s", False
    else:
        raise TieoutError(
            f"the work-order database cannot be kept in {kind or 'a nameless place'}",
            "give sqlite:///path or postgresql://…",
        )


def _bring(
    cursor: _Cursor,
    mark: str,
    table: str,
    columns: Mapping[str, tuple[str, int]],
    rows: list[tuple[Any, ...]],
    sqlite: bool,
) -> int:
    key, names = next(iter(columns)), ", ".join(columns)
    cursor.execute(f"SELECT {names} FROM {table}")
    held = {row[0]: tuple(row) for row in cursor.fetchall()}
    wanted = {row[0]: row for row in rows}
    if len(wanted) != len(rows):
        raise TieoutError(
            f"two rows of {table} have the same {key}", "that is a fault of the demo itself"
        )
    changed = [row for ident, row in wanted.items() if held.get(ident) != row]
    gone = [ident for ident in held if ident not in wanted] + [
        row[0] for row in changed if row[0] in held
    ]
    cursor.executemany(f"DELETE FROM {table} WHERE {key} = {mark}", [(ident,) for ident in gone])
    _insert(cursor, mark, table, names, len(columns), changed, sqlite)
    return len(changed) + len([ident for ident in held if ident not in wanted])


def _insert(
    cursor: _Cursor,
    mark: str,
    table: str,
    names: str,
    width: int,
    rows: Iterable[tuple[Any, ...]],
    sqlite: bool,
) -> None:
    if sqlite:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join([mark] * width)})", rows
        )
        return
    # COPY is the only way into PostgreSQL whose time isn't counted in round trips.
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)


def _stored(row: Row, columns: Mapping[str, tuple[str, int]], sqlite: bool) -> tuple[Any, ...]:
    if row.keys() != columns.keys():
        raise TieoutError(
            f"a row has the columns {sorted(row)}", f"the table has {sorted(columns)}"
        )
    return tuple(_value(row[name], kind, scale, sqlite) for name, (kind, scale) in columns.items())


def _value(value: Any, kind: str, scale: int, sqlite: bool) -> Any:
    if value is None:
        return None
    if kind == "NUMERIC":
        exact = Decimal(value).quantize(Decimal(1).scaleb(-scale))
        if exact != value:
            raise TieoutError(
                f"{value} has more than {scale} decimals",
                "the table declares fewer than the demo needs",
            )
        return f"{exact:f}" if sqlite else exact
    if sqlite and isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if sqlite and isinstance(value, date) else value
