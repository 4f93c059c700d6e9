"""Collects what a group hands over and writes it as typed parquet files, with a note for the
stamping beside each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from tieout.errors import LandingError
from tieout.landing.column_types import (
    DLT_TYPES,
    MEMORY_LIMIT,
    SQL_TYPES,
    as_text,
    cast_from_text,
    literal,
    parquet,
    quoted,
)
from tieout.landing.raw_database import extra_columns
from tieout.landing.table_types import (
    Extract,
    Key,
    Landing,
    PackageFile,
    Ready,
    Record,
    Rows,
    Scan,
    Table,
)
from tieout.landing.typed_files import Shape

BUFFERED_ROWS = 5_000


class Spool:
    """The working files of one group. A context manager: it ends with its connection closed."""

    def __init__(self, landing: Landing, tables: Sequence[Table]) -> None:
        self.landing = landing
        self.tables = {table.name: table for table in tables}
        self.shapes = {
            table.name: Shape(landing, table, extra_columns(landing, table)) for table in tables
        }
        self.parents = {
            table.name: next(other for other in tables if other.key == table.parent)
            for table in tables
            if table.parent
        }
        self.dir = landing.spool_dir
        self.dir.mkdir(parents=True, exist_ok=True)
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute("set preserve_insertion_order = false")
        self.con.execute(f"set temp_directory = {literal(str(self.dir / 'tmp'))}")
        self.con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        self.buffers: dict[str, list[tuple[int, int, Record]]] = {}
        self.spooled: dict[
            str, dict[str, None]
        ] = {}  # columns of the spooled texts, in order of arrival
        self.scans: dict[str, list[str]] = {}
        self.ready: dict[str, Ready] = {}
        self.batch = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A transaction that a scan's `prepare` began is ended here: left to DuckDB, it takes the
        # process with it if the database on the other side is gone.
        with suppress(duckdb.Error):
            self.con.execute("rollback")
        self.con.close()

    def add(self, name: str, rows: Rows) -> None:
        """Takes rows of a table; lists are buffered as text, everything else is read when the file
        is written."""
        if name not in self.tables:
            raise LandingError(
                f"{self.landing.system}: rows arrive for {name}, which is not a table of this group"
            )
        if isinstance(rows, Ready):
            self.ready[name], self.shapes[name].extra = rows, []
        elif isinstance(rows, (pa.Table, Path, Scan)):
            self.scans.setdefault(name, []).append(self._relation(rows))
        else:
            self.batch += 1
            buffer = self.buffers.setdefault(name, [])
            buffer.extend((self.batch, number, record) for number, record in enumerate(rows))
            if len(buffer) >= BUFFERED_ROWS:
                self._flush(name)

    def files(self, extract: Extract) -> Iterator[PackageFile]:
        """Writes the file and the note of every table, parents first. DriftError names what does
        not fit."""
        paths: dict[str, Path] = {}
        for table in sorted(self.tables.values(), key=lambda table: bool(table.parent)):
            shape, ready = self.shapes[table.name], self.ready.get(table.name)
            path = ready.path if ready else self.dir / f"{table.name}.parquet"
            if ready:
                count = ready.row_count
            else:
                self._flush(table.name)
                count = shape.write(self.con, self._one_relation(table), path, extract)
                shape.check_keys(self.con, path, unique=table.name not in self.scans)
            paths[table.name] = path
            self._note(table, extract, paths, count)
            hints = {
                c: {"name": c, **DLT_TYPES[kind], "nullable": True} for c, kind in shape.kinds()
            }
            yield PackageFile(table.name, path, count, hints)

    def _relation(self, rows: pa.Table | Path | Scan) -> str:
        if isinstance(rows, Path):
            return f"(from {parquet(rows)})"
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
        table = quoted(f"text_{name}")
        if name not in self.spooled:
            self.con.execute(f"create table {table} (_batch integer, _row integer)")
            self.spooled[name] = {}
        arrived: dict[str, None] = {}
        for _, _, record in buffer:
            arrived.update(dict.fromkeys(record))
        for column in arrived:
            if column not in self.spooled[name]:
                self.con.execute(f"alter table {table} add column {quoted(column)} varchar")
                self.spooled[name][column] = None
        arrays: dict[str, Any] = {
            "_batch": pa.array((batch for batch, _, _ in buffer), pa.int32()),
            "_row": pa.array((row for _, row, _ in buffer), pa.int32()),
        }
        for column in arrived:
            try:
                arrays[column] = pa.array(
                    (as_text(record.get(column)) for _, _, record in buffer), pa.string()
                )
            except TypeError as error:
                raise LandingError(f"{self.landing.system}: {name}.{column} is {error}") from error
        self.con.register("buffer", pa.table(arrays))
        self.con.execute(f"insert into {table} by name from buffer")
        self.con.unregister("buffer")

    def _one_relation(self, table: Table) -> str:
        """Everything that arrived for a table, as one relation; lists are brought to one row per
        record."""
        parts = [f"select * from {scan}" for scan in self.scans.get(table.name, [])]
        if table.name in self.spooled:
            parts.append(self._newest_of_lists(table))
        if not parts:
            kinds = self.shapes[table.name].kinds()
            columns = ", ".join(
                f"cast(null as {SQL_TYPES[kind]}) as {quoted(column)}" for column, kind in kinds
            )
            parts = [f"select {columns} where false"]
        return f"({' union all by name '.join(parts)})"

    def _newest_of_lists(self, table: Table) -> str:
        columns = self.spooled[table.name]
        query = f"select * from {quoted(f'text_{table.name}')}"
        if table.parent and all(column in columns for column in table.parent):
            # Of a parent that arrived twice, the lines that came with its last occurrence are its
            # lines.
            parent = ", ".join(map(quoted, table.parent))
            query += f" qualify _batch = max(_batch) over (partition by {parent})"
        key = (
            ", ".join(quoted(column) for column in table.key if column in columns) or "_batch, _row"
        )
        order = "_batch desc, _row desc"
        if table.updated_at in columns:
            order = f"{cast_from_text(quoted(str(table.updated_at)), 'timestamp')[0]} desc nulls last, {order}"
        newest = f"qualify row_number() over (partition by {key} order by {order}) = 1"
        return f"select * exclude (_batch, _row) from ({query}) {newest}"

    def _note(self, table: Table, extract: Extract, paths: Mapping[str, Path], count: int) -> None:
        """Writes what the load job has to know besides the rows."""
        parent, said = self.parents.get(table.name), extract.totals.get(table.name, (None, None))
        keys = {
            "deleted": (table.key, extract.gone.get(table.name)),
            "present": (table.key, extract.alive.get(table.name)),
        }
        if parent is not None:
            keys["parents"] = (parent.key, paths[parent.name])
            keys["parents_deleted"] = (parent.key, extract.gone.get(parent.name))
            keys["parents_present"] = (parent.key, extract.alive.get(parent.name))
        note = {
            "system": self.landing.system,
            "source_system": self.landing.source_system,
            "load_id": self.landing.load_id,
            "landed_at": self.landing.landed_at.isoformat(sep=" "),
            "constants": dict(self.landing.constants),
            "columns": [column for column, _ in self.shapes[table.name].kinds()],
            "key": list(table.key),
            "parent": list(table.parent),
            "updated_at": table.updated_at,
            "full": table.name in extract.whole
            or (parent is not None and parent.name in extract.whole),
            "said_count": said[0],
            "said_amount": None if said[1] is None else format(said[1], "f"),
            "received_count": count,
            "new_columns": sorted(extract.new_columns.get(table.name, [])),
            "refused": extract.refusals.get(table.name),
            **{name: self._keys(f"{table.name}.{name}", *listed) for name, listed in keys.items()},
        }
        (self.dir / f"{table.name}.json").write_text(json.dumps(note), encoding="utf-8")

    def _keys(
        self, name: str, columns: Sequence[str], keys: Rows | Sequence[Key] | None
    ) -> str | None:
        """Writes keys to a file of their own; its name, or None if there is nothing to say."""
        if keys is None:
            return None
        if isinstance(keys, Ready):
            keys = keys.path
        if isinstance(keys, (pa.Table, Path, Scan)):
            relation = self._relation(keys)
        else:
            rows = [
                tuple(key[column] for column in columns) if isinstance(key, Mapping) else key
                for key in keys
            ]
            arrays = {
                c: pa.array((as_text(row[i]) for row in rows), pa.string())
                for i, c in enumerate(columns)
            }
            relation = self._relation(pa.table(arrays))
        free = [column for column in columns if column not in self.landing.constants]
        picks = ", ".join(f"{quoted(column)}::varchar as {quoted(column)}" for column in free)
        target = literal(str(self.dir / f"{name}.parquet"))
        self.con.execute(f"copy (select {picks} from {relation}) to {target} (format parquet)")
        return f"{name}.parquet"
