"""Collects what a group hands over and writes it as typed parquet files, one per table, with a note for the stamping."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
from dlt.common.normalizers.naming.snake_case import NamingConvention

from pipelines.errors import DriftError, LandingError
from pipelines.raw_store import extra_columns
from pipelines.raw_types import DLT_TYPES, FLOATING, SQL_TYPES, as_text, cast_from_text, literal, quoted
from pipelines.rawlog import Extract, Key, Landing, PackageFile, Ready, Record, Rows, Scan, Table

BUFFERED_ROWS = 5_000
FAULT = "tieout-fault"
ORDER = ("_batch", "_row")


class Spool:
    """The working files of one group. Use as a context manager: it ends with its connection closed."""

    def __init__(self, landing: Landing, tables: Sequence[Table]) -> None:
        self.landing = landing
        self.tables = {table.name: table for table in tables}
        self.parents = {
            table.name: next(other for other in tables if other.key == table.parent) for table in tables if table.parent
        }
        self.dir = landing.spool_dir
        self.dir.mkdir(parents=True, exist_ok=True)
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(f"set temp_directory = {literal(str(self.dir / 'tmp'))}")
        self.con.execute("set preserve_insertion_order = false")
        self.buffers: dict[str, list[tuple[int, int, Record]]] = {}
        self.buffered: dict[str, dict[str, None]] = {}  # columns of the spooled texts, in order of arrival
        self.scans: dict[str, list[str]] = {}
        self.ready: dict[str, Ready] = {}
        self.batch = 0
        self.extra = {name: extra_columns(landing, table) for name, table in self.tables.items()}
        self.naming = NamingConvention()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    # -- taking rows ---------------------------------------------------------------------------------------------

    def add(self, name: str, rows: Rows) -> None:
        """Takes rows of a table; lists are buffered as text, everything else is read when the file is written."""
        if name not in self.tables:
            raise LandingError(f"{self.landing.system}: rows for {name}, which is not a table of this group")
        if isinstance(rows, Ready):
            self.ready[name], self.extra[name] = rows, []
            return
        if isinstance(rows, (pa.Table, Path, Scan)):
            self.scans.setdefault(name, []).append(self._relation(rows))
            return
        self.batch += 1
        buffer = self.buffers.setdefault(name, [])
        buffer.extend((self.batch, number, record) for number, record in enumerate(rows))
        if len(buffer) >= BUFFERED_ROWS:
            self._flush(name)

    def _relation(self, rows: pa.Table | Path | Scan) -> str:
        if isinstance(rows, Path):
            return f"(from read_parquet({literal(str(rows))}))"
        if isinstance(rows, Scan):
            if rows.prepare is not None:
                rows.prepare(self.con)
            return f"({rows.sql})"
        self.batch += 1
        self.con.register(f"arrow_{self.batch}", rows)
        return f"(from arrow_{self.batch})"

    def _flush(self, name: str) -> None:
        buffer = self.buffers.pop(name, [])
        if not buffer:
            return
        spooled = quoted(f"text_{name}")
        if name not in self.buffered:
            self.con.execute(f"create table {spooled} (_batch integer, _row integer)")
            self.buffered[name] = {}
        arrived: dict[str, None] = {}
        for _, _, record in buffer:
            arrived.update(dict.fromkeys(record))
        for column in arrived:
            if column not in self.buffered[name]:
                self.con.execute(f"alter table {spooled} add column {quoted(column)} varchar")
                self.buffered[name][column] = None
        arrays: dict[str, Any] = {
            "_batch": pa.array((batch for batch, _, _ in buffer), pa.int32()),
            "_row": pa.array((row for _, row, _ in buffer), pa.int32()),
        }
        for column in arrived:
            try:
                arrays[column] = pa.array((as_text(record.get(column)) for _, _, record in buffer), pa.string())
            except TypeError as error:
                raise LandingError(f"{self.landing.system}.{name}.{column}: {error}") from error
        self.con.register("buffer", pa.table(arrays))
        self.con.execute(f"insert into {spooled} by name from buffer")
        self.con.unregister("buffer")

    # -- writing files -------------------------------------------------------------------------------------------

    def files(self, extract: Extract) -> Iterator[PackageFile]:
        """Writes the file and the note of every table, parents first. DriftError names what does not fit."""
        contents: dict[str, tuple[Path, int]] = {}
        for table in sorted(self.tables.values(), key=lambda table: bool(table.parent)):
            self._flush(table.name)
            ready = self.ready.get(table.name)
            path = ready.path if ready else self.dir / f"{table.name}.parquet"
            count = ready.row_count if ready else self._write(table, path, extract)
            contents[table.name] = (path, count)
            self._note(table, extract, contents)
            hints = {
                column: {"name": column, **DLT_TYPES[kind], "nullable": True} for column, kind in self._kinds(table)
            }
            yield PackageFile(table.name, path, count, hints)

    def _kinds(self, table: Table) -> list[tuple[str, str]]:
        own = ((column, kind) for column, kind in table.columns.items() if column not in self.landing.constants)
        return [*own, *((column, "text") for column in self.extra[table.name])]

    def _write(self, table: Table, path: Path, extract: Extract) -> int:
        relation = self._one_relation(table)
        arrived = {row[0]: row[1] for row in self.con.execute(f"describe select * from {relation}").fetchall()}
        for column in ORDER:
            arrived.pop(column, None)
        names = self._names(table, arrived, extract)
        missing = sorted(column for column in table.required if column not in names)
        if missing and self._has_rows(relation):
            raise DriftError(
                f"{self.landing.system}: table {table.name} arrives without its required column {missing[0]}"
                f" (arrived: {', '.join(arrived)})",
                "The source was changed: restore the column there, or adapt the connector.",
            )
        key = f"concat_ws('|', {', '.join(f'{quoted(names[c])}::varchar' for c in table.key if c in names) or 'null'})"
        picks = [
            f"{self._typed(names.get(column), arrived, column, kind, key)} as {quoted(column)}"
            for column, kind in self._kinds(table)
        ]
        query = f"select {', '.join(picks)} from {relation}"
        try:
            written = self.con.execute(f"copy ({query}) to {literal(str(path))} (format parquet)").fetchone()
        except duckdb.Error as error:
            raise self._drift(table, error) from error
        self._check_keys(table, path)
        return int(written[0]) if written else 0

    def _one_relation(self, table: Table) -> str:
        """Everything that arrived for a table, as one relation; lists are brought to one row per record."""
        parts = [f"select * from {scan}" for scan in self.scans.get(table.name, [])]
        if table.name in self.buffered:
            parts.append(self._newest_of_lists(table))
        if not parts:
            columns = ", ".join(f"cast(null as {SQL_TYPES[kind]}) as {quoted(c)}" for c, kind in self._kinds(table))
            parts = [f"select {columns} where false"]
        return f"({' union all by name '.join(parts)})"

    def _newest_of_lists(self, table: Table) -> str:
        spooled, columns = quoted(f"text_{table.name}"), self.buffered[table.name]
        key = ", ".join(quoted(column) for column in table.key if column in columns) or "_batch, _row"
        newest = "_batch desc, _row desc"
        if table.updated_at in columns:
            newest = f"{cast_from_text(quoted(str(table.updated_at)), 'timestamp')[0]} desc nulls last, {newest}"
        query = f"select * from {spooled}"
        if table.parent and all(column in columns for column in table.parent):
            # A parent that arrived twice: only the lines that came with its last occurrence are its lines.
            parent = ", ".join(quoted(column) for column in table.parent)
            query += f" qualify _batch = max(_batch) over (partition by {parent})"
        return f"select * exclude (_batch, _row) from ({query}) qualify row_number() over (partition by {key} order by {newest}) = 1"

    def _names(self, table: Table, arrived: Mapping[str, str], extract: Extract) -> dict[str, str]:
        """Our column -> the name it arrived under. Columns that are not declared join the table's extra ones."""
        names = {column: column for column in table.columns if column in arrived}
        reserved = {*table.columns, *self.landing.constants}
        for column in arrived:
            if column in table.columns or column in self.landing.constants:
                continue
            ours = self.naming.normalize_identifier(column) or "unnamed"
            while ours in reserved or ours in names or ours.startswith("_"):
                ours = f"{ours.lstrip('_')}_x"
            names[ours] = column
            if ours not in self.extra[table.name]:
                self.extra[table.name].append(ours)
                extract.drift(table.name, [ours])
        return names

    def _typed(self, arrived_as: str | None, arrived: Mapping[str, str], column: str, kind: str, key: str) -> str:
        target = SQL_TYPES[kind]
        if arrived_as is None:
            return f"cast(null as {target})"
        source, name = arrived[arrived_as], quoted(arrived_as)
        if source == target:
            return name
        if source in FLOATING and kind in {"amount", "number", "json"}:
            raise DriftError(
                f"{self.landing.system}: column {column} arrives as floating point ({source}), which does not keep cents",
                "Read it as a decimal or as text.",
            )
        if source == "TIMESTAMP WITH TIME ZONE" and kind == "timestamp":
            return f"({name} at time zone 'UTC')"
        value, refused = cast_from_text(f"{name}::varchar", kind)
        if refused == "false":
            return value
        fault = f"error(concat_ws(chr(31), '{FAULT}', {literal(column)}, {literal(kind)}, {key}, {name}::varchar, '{FAULT}'))"
        return f"cast(case when {refused} then {fault} else {value} end as {target})"

    def _drift(self, table: Table, error: duckdb.Error) -> LandingError:
        parts = str(error).split(chr(31))
        if not parts[0].endswith(FAULT):
            return LandingError(f"{self.landing.system}: table {table.name} cannot be read: {error}")
        _, column, kind, key, value, *_ = parts
        return DriftError(
            f"{self.landing.system}: {table.name}.{column} of record {key} is {value!r}, which is not a valid {kind}",
            "Correct it in the source, or adapt the connector if the source changed its type.",
        )

    def _check_keys(self, table: Table, path: Path) -> None:
        """No record without a key, none twice."""
        file = f"read_parquet({literal(str(path))})"
        for column in table.key:
            if column in table.nullable_key or column in self.landing.constants:
                continue
            found = self.con.execute(f"select 1 from {file} where {quoted(column)} is null limit 1").fetchone()
            if found:
                raise DriftError(
                    f"{self.landing.system}: a record of {table.name} arrives without its key {column}",
                    "Correct it in the source, or adapt the connector.",
                )
        if not self.scans.get(table.name):
            return
        key = ", ".join(quoted(column) for column in table.key if column not in self.landing.constants)
        twice = self.con.execute(f"select {key} from {file} group by {key} having count(*) > 1 limit 1").fetchone()
        if twice:
            raise DriftError(
                f"{self.landing.system}: the key ({key}) of {table.name} is not unique: {twice} arrives more than once",
                "Name the columns that identify a record.",
            )

    def _has_rows(self, relation: str) -> bool:
        return self.con.execute(f"select 1 from {relation} limit 1").fetchone() is not None

    # -- notes for the stamping ----------------------------------------------------------------------------------

    def _note(self, table: Table, extract: Extract, contents: Mapping[str, tuple[Path, int]]) -> None:
        parent = self.parents.get(table.name)
        said_count, said_amount = extract.totals.get(table.name, (None, None))
        note = {
            "system": self.landing.system,
            "source_system": self.landing.source_system,
            "load_id": self.landing.load_id,
            "landed_at": self.landing.landed_at.isoformat(sep=" "),
            "constants": dict(self.landing.constants),
            "columns": [column for column in table.columns if column not in self.landing.constants],
            "extra": self.extra[table.name],
            "key": list(table.key),
            "parent": list(table.parent),
            "updated_at": table.updated_at,
            "full": table.name in extract.whole or (parent is not None and parent.name in extract.whole),
            "deleted": self._keys(f"{table.name}.deleted", table.key, extract.gone.get(table.name)),
            "present": self._keys(f"{table.name}.present", table.key, extract.alive.get(table.name)),
            "parents": None,
            "parents_deleted": None,
            "parents_present": None,
            "said_count": said_count,
            "said_amount": None if said_amount is None else format(said_amount, "f"),
            "received_count": contents[table.name][1],
            "new_columns": sorted(extract.new_columns.get(table.name, [])),
        }
        if parent is not None:
            note["parents"] = self._keys(f"{table.name}.parents", parent.key, contents[parent.name][0])
            note["parents_deleted"] = self._keys(
                f"{table.name}.parents_deleted", parent.key, extract.gone.get(parent.name)
            )
            note["parents_present"] = self._keys(
                f"{table.name}.parents_present", parent.key, extract.alive.get(parent.name)
            )
        (self.dir / f"{table.name}.json").write_text(json.dumps(note), encoding="utf-8")

    def _keys(self, name: str, columns: Sequence[str], keys: Rows | Sequence[Key] | None) -> str | None:
        """Writes keys to a file of their own; its name, or None if there is nothing to say."""
        if keys is None:
            return None
        if isinstance(keys, Ready):
            keys = keys.path
        if isinstance(keys, (pa.Table, Path, Scan)):
            relation = self._relation(keys)
        else:
            rows = [tuple(key[column] for column in columns) if isinstance(key, Mapping) else key for key in keys]
            arrays = {c: pa.array((as_text(row[i]) for row in rows), pa.string()) for i, c in enumerate(columns)}
            relation = self._relation(pa.table(arrays))
        wanted = [column for column in columns if column not in self.landing.constants]
        picks = ", ".join(f"{quoted(column)}::varchar as {quoted(column)}" for column in wanted)
        self.con.execute(
            f"copy (select distinct {picks} from {relation}) to {literal(str(self.dir / f'{name}.parquet'))} (format parquet)"
        )
        return f"{name}.parquet"
