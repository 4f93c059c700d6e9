"""The source's own records, as they arrived: every version of each, the newest last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from tieout.sources.connectors import connectors


class Record(NamedTuple):
    """A record as the marts name it: `source_system`, `source_entity`, `source_id`."""

    system: str
    entity: str
    ident: str


class _Place(NamedTuple):
    """A raw table, the column that names a record in it, and what stands there before the id."""

    schema: str
    name: str
    column: str
    prefix: str = ""

    @property
    def table(self) -> str:
        return f'"{self.schema}"."{self.name}"'

    def ident(self, row: Mapping[str, Any]) -> str:
        return str(row[self.column]).removeprefix(self.prefix)


class RawLog:
    """The log of everything that arrived, opened to be read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        rows = connection.execute(
            "select distinct source_system, connector from tieout_meta.loads"
        ).fetchall()
        self.connectors: dict[str, str] = {
            str(system): str(connector) for system, connector in rows
        }
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where starts_with(table_schema, 'raw_')"
        ).fetchall()
        self.tables = {(str(schema), str(table)) for schema, table in tables}

    def records(self, wanted: Iterable[Record]) -> dict[Record, list[dict[str, Any]]]:
        """Every version of each record that is asked for; one that no raw table has, has none.

        A row is the source's own columns and the log's (`_load_id`, `_landed_at`, `_version`,
        `_is_deleted`), and the `table` it lies in.
        """
        groups: dict[tuple[str, str], set[str]] = defaultdict(set)
        for record in wanted:
            groups[record.system, record.entity].add(record.ident)
        found: dict[Record, list[dict[str, Any]]] = defaultdict(list)
        for (system, entity), idents in groups.items():
            for place in self._places(system, entity):
                keys = [place.prefix + ident for ident in sorted(idents)]
                for row in self._rows(system, place, place.column, keys):
                    found[Record(system, entity, place.ident(row))].append(row)
        return dict(found)

    def of_subject(self, record: Record) -> list[dict[str, Any]]:
        """What an exception is about: its record, or the lines of the journal that it names."""
        if found := self.records([record]).get(record):
            return found
        if record.entity != "journal_lines":
            return []
        lines = self.idents_of(record.system, record.entity, "journal_id", record.ident)
        versions = self.records(record._replace(ident=line) for line in lines)
        return [row for line in lines for row in versions[record._replace(ident=line)]]

    def idents_of(self, system: str, entity: str, column: str, value: str) -> list[str]:
        """The ids of an entity's records whose `column` holds `value` in their newest version."""
        found: list[str] = []
        for place in self._places(system, entity):
            if column in self._columns(place.table):
                newest = {
                    row["_record_key"]: row for row in self._rows(system, place, column, [value])
                }
                found += [place.ident(row) for row in newest.values() if not row["_is_deleted"]]
        return found

    def _places(self, system: str, entity: str) -> list[_Place]:
        """Where an entity of a system lies; a system that nobody described has no place."""
        connector = connectors().get(self.connectors.get(system, ""))
        if connector is None:
            return []
        places = [
            _Place(
                f"raw_{connector.name}",
                name,
                column,
                f"{system}|" if column == "_record_key" else "",
            )
            for name, column in connector.trace.get(entity, ())
        ]
        return [place for place in places if (place.schema, place.name) in self.tables]

    def _columns(self, table: str) -> set[str]:
        return {str(row[0]) for row in self.connection.execute(f"describe {table}").fetchall()}

    def _rows(
        self, system: str, place: _Place, column: str, values: list[str]
    ) -> list[dict[str, Any]]:
        own = "and source_system = ?" if place.prefix else ""
        cursor = self.connection.execute(
            f'select * from {place.table} where cast("{column}" as text) in (select unnest(?)) {own}'
            f" window versions as (partition by _record_key) order by _record_key, {_OLDEST_FIRST}",
            [values, *([system] if own else [])],
        )
        names = [str(described[0]) for described in cursor.description]
        name = place.table.replace('"', "")
        return [{"table": name, **dict(zip(names, row, strict=True))} for row in cursor.fetchall()]


# As staging takes them (macros/raw_latest.sql): what arrived before a record was gone is over; then
# one clock decides.
_OLDEST_FIRST = (
    "_version >= max(case when _is_deleted then _version else 0 end) over versions,"
    " _version > max(case when _is_deleted then _version else 0 end) over versions,"
    " case when count(case when _updated_at is null then 1 end) over versions = 0 then _updated_at end, _version"
)


@contextmanager
def opened(path: Path | None) -> Iterator[RawLog | None]:
    """The raw log at `path`, or None where there is none: a published folder may be read without
    it."""
    if path is None or not path.exists():
        yield None
        return
    with duckdb.connect(str(path), read_only=True) as connection:
        yield RawLog(connection)
