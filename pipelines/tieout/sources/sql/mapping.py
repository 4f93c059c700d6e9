"""Which table and column of a database is which of ours: reads the mapping file and tells every
fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from tieout.errors import LandingError
from tieout.landing.table_types import Table

_TOP = ("version", "time_zone", "overlap_minutes", "tables")
_TABLE = ("from", "columns", "codes", "ignore")


@dataclass(frozen=True)
class MappedTable:
    """One of our tables, and where its rows are in the database. `columns` and `codes` are by our
    column."""

    table: Table
    source: str
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    # Columns of the database that the mapping does not mention; they are kept as text.
    extra: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Our name of the table."""
        return self.table.name

    @property
    def schema_and_table(self) -> tuple[str | None, str]:
        """The database's schema, if one is named, and its table: `sales.jobs`, or
        `"Sales"."Job.Cards"`."""
        parts = [
            whole or plain for whole, plain in re.findall(r'"((?:[^"]|"")+)"|([^."]+)', self.source)
        ]
        name = parts[-1].replace('""', '"') if parts else ""
        return ".".join(parts[:-1]).replace('""', '"') or None, name

    @property
    def updated_at(self) -> str | None:
        """The database's column that moves whenever a row changes."""
        return self.columns.get("updated_at")


@dataclass(frozen=True)
class DatabaseMapping:
    """A whole mapping file."""

    path: Path
    tables: Sequence[MappedTable]
    time_zone: str = "UTC"
    overlap_minutes: int = 120
    version: int = 1


def read_mapping(
    system: str, path: Path, tables: Iterable[Table], codes: Callable[[str, str], Sequence[str]]
) -> DatabaseMapping:
    """Reads a mapping file.

    Args:
        system: for messages.
        path: of the YAML file.
        tables: those that may be mapped.
        codes: the codes that a column of a table may hold; empty for any text.

    Raises:
        LandingError: the file is not there, is not YAML, or says what cannot be; every fault with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text)
        content = yaml.safe_load(text)
    except OSError as error:
        raise LandingError(
            f"{system}: the mapping file {path} cannot be read: {error.strerror}",
            f"Set sources.{system}.mapping to a file that says which table and column is which.",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise LandingError(
            f"{system}: {path} is not YAML: {' '.join(str(error).split())}", "Correct it there."
        ) from error
    reader = _Reader({table.name: table for table in tables}, codes, _lines(root))
    made = reader.read(path, content)
    if reader.faults:
        told = "\n".join(f"  line {line}: {fault}" for line, fault in sorted(reader.faults))
        raise LandingError(
            f"{system}: {path} cannot be used:\n{told}", "Correct these lines; nothing was landed."
        )
    return made


def suggested(name: str, known: Iterable[str]) -> str:
    """Help for a name that is not known: the nearest one, and all there are."""
    there = sorted(known)
    near = get_close_matches(name, there, n=1)
    return (f"did you mean {near[0]}? " if near else "") + f"there are {', '.join(there) or 'none'}"


def _lines(node: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """The line of every key; a key that is written twice is kept under its path with `twice`
    added."""
    lines: dict[tuple[str, ...], int] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        here = (*path, str(key.value))
        lines[(*here, "twice") if here in lines else here] = key.start_mark.line + 1
        lines |= _lines(value, here)
    return lines


class _Reader:
    """Collects faults instead of stopping at the first."""

    def __init__(
        self,
        tables: Mapping[str, Table],
        codes: Callable[[str, str], Sequence[str]],
        lines: Mapping[tuple[str, ...], int],
    ) -> None:
        self.tables, self.codes, self.lines = tables, codes, lines
        self.faults: list[tuple[int, str]] = []

    def read(self, path: Path, content: Any) -> DatabaseMapping:
        for twice in (key for key in self.lines if key[-1] == "twice"):
            self._fault(twice, f"{'.'.join(twice[:-1])} is written twice")
        top = self._keys((), content, _TOP)
        mapped = self._mapping(("tables",), top.get("tables"))
        if not mapped:
            self._fault(("tables",), "tables is missing: nothing would be landed")
        made = [self._table(str(name), said) for name, said in mapped.items()]
        return DatabaseMapping(
            path,
            [table for table in made if table],
            self._zone(top.get("time_zone", "UTC")),
            self._whole(top, "overlap_minutes", 120),
            self._whole(top, "version", 1),
        )

    def _table(self, name: str, content: Any) -> MappedTable | None:
        here = ("tables", name)
        table = self.tables.get(name)
        if table is None:
            self._fault(here, f"{name} is not a table of ours; {suggested(name, self.tables)}")
            return None
        said = self._keys(here, content, _TABLE)
        source = said.get("from")
        if not isinstance(source, str) or not source:
            self._fault((*here, "from"), f"{name}: `from` must name a table of the database")
        columns = self._texts((*here, "columns"), said.get("columns"))
        for column in columns:
            if column not in table.columns:
                fault = f"{name} has no column {column}; {suggested(column, table.columns)}"
                self._fault((*here, "columns", column), fault)
        for column in sorted((table.required | set(table.key)) - set(columns)):
            self._fault((*here, "columns"), f"{name}.{column} is required and not mapped")
        ignored = said.get("ignore") or []
        if not isinstance(ignored, list):
            self._fault(
                (*here, "ignore"), f"{name}: `ignore` must be a list of columns of the database"
            )
            ignored = []
        codes = dict(self._codes(here, name, columns, said.get("codes")))
        return MappedTable(table, str(source), columns, codes, frozenset(map(str, ignored)))

    def _codes(
        self, here: tuple[str, ...], name: str, columns: Mapping[str, str], content: Any
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        for column, said in self._mapping((*here, "codes"), content).items():
            path = (*here, "codes", str(column))
            if column not in columns:
                self._fault(path, f"{name}.{column} has codes and is not mapped")
            known = self.codes(name, str(column))
            values = self._texts(path, said)
            for theirs, ours in values.items():
                if known and ours not in known:
                    self._fault(
                        (*path, theirs),
                        f"{name}.{column} has no code {ours}; {suggested(ours, known)}",
                    )
            yield str(column), values

    def _zone(self, name: Any) -> str:
        try:
            ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError):
            self._fault(("time_zone",), f"{name!r} is no time zone; write it as Europe/London")
        return str(name)

    def _whole(self, content: Mapping[str, Any], key: str, default: int) -> int:
        value = content.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._fault((key,), f"{key} must be a whole number, not {value!r}")
        return default

    def _keys(self, here: tuple[str, ...], content: Any, known: Sequence[str]) -> Mapping[str, Any]:
        said = self._mapping(here, content)
        for key in said:
            if key not in known:
                self._fault(
                    (*here, str(key)), f"{key} means nothing here; {suggested(str(key), known)}"
                )
        return said

    def _texts(self, here: tuple[str, ...], content: Any) -> dict[str, str]:
        said = self._mapping(here, content)
        for key, value in said.items():
            if value is None or isinstance(value, dict | list):
                self._fault(
                    (*here, str(key)), f"{'.'.join((*here[1:], str(key)))} must be one name"
                )
        return {
            str(key): str(value)
            for key, value in said.items()
            if not isinstance(value, dict | list | None)
        }

    def _mapping(self, here: tuple[str, ...], content: Any) -> Mapping[Any, Any]:
        if content is None:
            return {}
        if isinstance(content, dict):
            return content
        self._fault(here, f"{'.'.join(here) or 'the file'} must be `name: value` lines")
        return {}

    def _fault(self, path: tuple[str, ...], fault: str) -> None:
        while path and path not in self.lines:
            path = path[:-1]
        self.faults.append((self.lines.get(path, 1), fault))
