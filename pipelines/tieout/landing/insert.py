"""The SQL of the log: what differs from the newest version becomes a new one, what is gone gets a
tombstone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tieout.landing.column_types import literal, parquet, quoted


def key_sql(note: Mapping[str, Any], alias: str = "") -> str:
    """The record key: the key columns joined by `|`, in which a `|` of several free parts is
    escaped."""
    constants, parts = note["constants"], []
    free = [column for column in note["key"] if column not in constants]
    for column in note["key"]:
        if column in constants:
            parts.append(literal(constants[column]))
        elif len(free) > 1:
            parts.append(
                f"replace(replace(coalesce({alias}{quoted(column)}::varchar, ''), '\\', '\\\\'), '|', '\\|')"
            )
        else:
            parts.append(f"{alias}{quoted(column)}::varchar")
    return f"concat_ws('|', {', '.join(parts)})"


def hash_sql(note: Mapping[str, Any]) -> str:
    """The content as 64 bits, in hexadecimal.

    DuckDB's own hash costs a quarter of md5 over the same columns. It may change with DuckDB or
    with the columns: so a hash that differs only says that the values have to be compared, and the
    values decide.
    """
    return f"to_hex(hash({', '.join(quoted(column) for column in note['columns'])}))"


@dataclass(frozen=True)
class Stamping:
    """Brings one file of a package into its table, in the transaction of the caller."""

    con: duckdb.DuckDBPyConnection
    note: Mapping[str, Any]
    table: str
    spool: Path

    def run(self, file_path: str) -> dict[str, int]:
        """Inserts versions and tombstones; how many records were new, changed and deleted."""
        rows = f"{parquet(file_path)} as content"
        gone = self._gone()
        # A record that arrives and is named as deleted (an archived one) is a tombstone that says
        # what it was last.
        ended = self._listed("deleted", "key", "content") or "false"
        if (
            self._count(
                f"select count(*) from (select 1 from {self.table} where {self._scope()} limit 1)"
            )
            == 0
        ):
            inserted = self._insert(key_sql(self.note), hash_sql(self.note), "1", ended, rows)
            buried = (
                self._count(f"select count(*) from {rows} where {ended}") if ended != "false" else 0
            )
            return {"new_count": inserted - buried, "changed_count": 0, "deleted_count": buried}
        rows = f"{parquet(file_path, 'file_row_number = true')} as content"
        self._compare(rows, ended, gone)
        rows += " inner join changed on content.file_row_number = changed.row_number"
        self._drop_what_is_equal(rows)
        stamps = (
            "changed._record_key",
            "changed._record_hash",
            "changed._version",
            "changed._is_deleted",
        )
        inserted = self._insert(*stamps, rows)
        new = self._count("select count(*) from changed where _version = 1 and not _is_deleted")
        buried = self._count("select count(*) from changed where _is_deleted")
        deleted = buried + (self._bury() if gone else 0)
        return {
            "new_count": new,
            "changed_count": inserted - new - buried,
            "deleted_count": deleted,
        }

    def _compare(self, rows: str, ended: str, gone: str) -> None:
        """Tables of what arrived, the newest versions in the log, and what differs between them."""
        self.con.execute(
            f"create or replace temp table arrived as select {key_sql(self.note)} as _record_key,"
            f" {hash_sql(self.note)} as _record_hash, {ended} as _is_deleted, file_row_number as row_number from {rows}"
        )
        # Only records that arrived or may be gone are looked at closely, however long the log is.
        self.con.execute(
            f"create or replace temp table suspects as select distinct old._record_key from {self.table} as old"
            f" where {self._scope()} and ({gone or 'false'})"
            " and not exists (select 1 from arrived where arrived._record_key = old._record_key)"
        )
        self.con.execute(
            "create or replace temp table newest as select _record_key, max(_version) as _version,"
            " arg_max(_record_hash, _version) as _record_hash, arg_max(_is_deleted, _version) as _is_deleted"
            f" from {self.table} where {self._scope()} and _record_key in"
            " (select _record_key from arrived union all select _record_key from suspects) group by _record_key"
        )
        self.con.execute(
            "create or replace temp table changed as select arrived.*, coalesce(newest._version, 0) + 1 as _version,"
            " newest._is_deleted is not distinct from arrived._is_deleted as only_the_hash_differs"
            " from arrived left join newest using (_record_key)"
            " where newest._record_key is null or newest._is_deleted <> arrived._is_deleted"
            " or newest._record_hash <> arrived._record_hash"
        )

    def _drop_what_is_equal(self, rows: str) -> None:
        """Takes out of `changed` what has another hash and the same values."""
        equal = " and ".join(
            f"content.{quoted(c)} is not distinct from old.{quoted(c)}"
            for c in self.note["columns"]
        )
        self.con.execute(
            f"delete from changed where _record_key in (select changed._record_key from {rows}"
            f" inner join {self.table} as old"
            " on old._record_key = changed._record_key and old._version = changed._version - 1"
            f" where changed.only_the_hash_differs and {equal})"
        )

    def _insert(self, key: str, content_hash: str, version: str, is_deleted: str, rows: str) -> int:
        picks = [
            f"{literal(value)} as {quoted(column)}"
            for column, value in self.note["constants"].items()
        ]
        picks += [f"content.{quoted(column)}" for column in self.note["columns"]]
        updated_at = (
            f"content.{quoted(self.note['updated_at'])}" if self.note["updated_at"] else "null"
        )
        picks += [
            f"{key} as _record_key",
            f"{content_hash} as _record_hash",
            f"{version} as _version",
            f"cast({updated_at} as timestamp) as _updated_at",
            f"{is_deleted} as _is_deleted",
            self._load_stamps(),
        ]
        return self._count(
            f"insert into {self.table} by name select {', '.join(picks)} from {rows}"
        )

    def _bury(self) -> int:
        """Tombstones. They keep the last content and its time of change: between the two, the
        version decides."""
        stamps = f"old._version + 1 as _version, true as _is_deleted, {self._load_stamps()}"
        return self._count(
            f"insert into {self.table} by name select old.* replace ({stamps}) from {self.table} as old"
            " inner join newest on old._record_key = newest._record_key and old._version = newest._version"
            " inner join suspects on old._record_key = suspects._record_key where not newest._is_deleted"
        )

    def _gone(self) -> str:
        """The condition under which a record that did not arrive is gone; empty if nothing says
        so."""
        if self.note["full"]:
            return "true"
        reasons = []
        for name, columns, negated in [
            ("deleted", "key", ""),
            ("present", "key", "not "),
            ("parents", "parent", ""),
            ("parents_deleted", "parent", ""),
            ("parents_present", "parent", "not "),
        ]:
            if listed := self._listed(name, columns, "old"):
                reasons.append(f"{negated}{listed}")
        return " or ".join(reasons)

    def _listed(self, name: str, columns: str, row: str) -> str:
        """The condition under which the keys of a row stand in a list of the spool; empty if there
        is no such list."""
        if not self.note.get(name):
            return ""
        free = [column for column in self.note[columns] if column not in self.note["constants"]]
        same = " and ".join(
            f"said.{quoted(c)} is not distinct from {row}.{quoted(c)}::varchar" for c in free
        )
        return (
            f"exists (select 1 from {parquet(self.spool / self.note[name])} as said where {same})"
        )

    def _scope(self) -> str:
        """The records this load may speak about: those of its own import folder, else all."""
        constants = self.note["constants"].items()
        return (
            " and ".join(f"{quoted(column)} = {literal(value)}" for column, value in constants)
            or "true"
        )

    def _load_stamps(self) -> str:
        landed_at = f"cast({literal(self.note['landed_at'])} as timestamp)"
        return f"{literal(self.note['load_id'])} as _load_id, {landed_at} as _landed_at"

    def _count(self, sql: str) -> int:
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row else 0
