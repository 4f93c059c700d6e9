"""dlt's DuckDB destination, with a load job that keeps a log: it inserts what differs from the newest version.

A job is one transaction that inserts the new versions, the tombstones and the entity's row in `load_log`. That row says
that the file is in: whenever a killed run's job is run again, it finds the row and does nothing. So a file is in the log
exactly once, whatever moment the process is killed at, with no staging copy and no second write.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dlt.common.destination.client import LoadJob, RunnableLoadJob
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations import duckdb as duckdb_destination
from dlt.destinations.impl.duckdb.duck import DuckDbClient

from pipelines.raw_store import LOAD_LOG
from pipelines.raw_types import literal, quoted

LOAD_LOG_COLUMNS = ", ".join(LOAD_LOG)


def key_sql(note: dict[str, Any], alias: str = "") -> str:
    """The record key: the key columns joined by `|`, in which a `|` of several free parts is escaped."""
    constants, parts = note["constants"], []
    free = [column for column in note["key"] if column not in constants]
    for column in note["key"]:
        if column in constants:
            parts.append(literal(constants[column]))
        elif len(free) > 1:
            parts.append(f"replace(replace(coalesce({alias}{quoted(column)}::varchar, ''), '\\', '\\\\'), '|', '\\|')")
        else:
            parts.append(f"{alias}{quoted(column)}::varchar")
    return f"concat_ws('|', {', '.join(parts)})"


def hash_sql(note: dict[str, Any]) -> str:
    """The content: each column that has a value, with its name, so that a column that is added later changes nothing."""
    parts = [
        f"coalesce('{chr(31)}' || {literal(c)} || '=' || {quoted(c)}::varchar, '')"
        for c in note["columns"] + note["extra"]
    ]
    return f"md5(concat({', '.join(parts)}))"


class StampJob(RunnableLoadJob):
    """Loads one file of a package into the log."""

    def __init__(self, file_path: str, spool: Path) -> None:
        super().__init__(file_path)
        self.spool = spool

    def run(self) -> None:
        note_path = self.spool / f"{self.load_table_name}.json"
        try:
            note = json.loads(note_path.read_text(encoding="utf-8"))
            client: Any = self._job_client
            con = client.sql_client.native_connection
            con.execute("begin transaction")
            try:
                self._load(con, note)
                con.execute("commit")
            except BaseException:
                con.execute("rollback")
                raise
        except Exception as error:
            # Nothing here gets better by itself; the package is dropped and extracted again.
            raise DestinationTerminalException(f"{self.load_table_name}: {error}") from error

    def _load(self, con: Any, note: dict[str, Any]) -> None:
        schema, entity = quoted(f"raw_{note['system']}"), self.load_table_name
        done = con.execute(
            f"select 1 from {schema}.load_log where load_id = ? and entity = ?", [note["load_id"], entity]
        ).fetchone()
        if done:
            return
        table, file = f"{schema}.{quoted(entity)}", f"read_parquet({literal(self._file_path)}, file_row_number = true)"
        counts = self._insert(con, note, table, file)
        con.execute(
            f"insert into {schema}.load_log ({LOAD_LOG_COLUMNS}) values (?, ?, ?, ?, cast(? as decimal(18,2)), ?, ?, ?, ?, ?, cast(? as timestamp), ?)",
            [
                note["load_id"],
                note["source_system"],
                entity,
                note["said_count"],
                note["said_amount"],
                note["received_count"],
                *counts,
                ", ".join(note["new_columns"]) or None,
                note["landed_at"],
                self._load_id,
            ],
        )

    def _insert(self, con: Any, note: dict[str, Any], table: str, file: str) -> tuple[int, int, int]:
        """Inserts new versions and tombstones; the counts of new, changed and deleted records."""
        stamps = (
            f"{literal(note['load_id'])} as _load_id, cast({literal(note['landed_at'])} as timestamp) as _landed_at"
        )
        constants = "".join(f"{literal(value)} as {quoted(column)}, " for column, value in note["constants"].items())
        columns = ", ".join(f"content.{quoted(column)}" for column in note["columns"] + note["extra"])
        updated = (
            f"cast(content.{quoted(note['updated_at'])} as timestamp)"
            if note["updated_at"]
            else "cast(null as timestamp)"
        )
        # A record that arrives and is named as deleted (an archived one) is a tombstone that says what it was last.
        ended = self._listed(note["deleted"], note["key"], note, "content") or "false"
        if con.execute(f"select 1 from {table} limit 1").fetchone() is None:
            con.execute(
                f"insert into {table} by name select {constants}{columns}, {key_sql(note)} as _record_key,"
                f" {hash_sql(note)} as _record_hash, 1 as _version,"
                f" {updated} as _updated_at, {ended} as _is_deleted, {stamps}"
                f" from {file} as content"
            )
            new, deleted = con.execute(
                f"select count(*) filter (not _is_deleted), count(*) filter (_is_deleted) from {table}"
            ).fetchone()
            return int(new), 0, int(deleted)
        con.execute(
            f"create or replace temp table arrived as select {key_sql(note)} as _record_key,"
            f" {hash_sql(note)} as _record_hash, {ended} as _is_deleted, file_row_number as row_number from {file} as content"
        )
        gone = self._gone(note)
        scope = " and ".join([f"{quoted(c)} = {literal(v)}" for c, v in note["constants"].items()] or ["true"])
        narrow = "" if gone else "and _record_key in (select _record_key from arrived)"
        con.execute(
            "create or replace temp table newest as select _record_key, max(_version) as _version,"
            " arg_max(_record_hash, _version) as _record_hash, arg_max(_is_deleted, _version) as _is_deleted"
            f" from {table} where {scope} {narrow} group by _record_key"
        )
        con.execute(
            "create or replace temp table changed as select arrived.*, coalesce(newest._version, 0) + 1 as _version"
            " from arrived left join newest using (_record_key)"
            " where newest._record_key is null or newest._is_deleted <> arrived._is_deleted"
            " or newest._record_hash <> arrived._record_hash"
        )
        con.execute(
            f"insert into {table} by name select {constants}{columns}, changed._record_key, changed._record_hash,"
            f" changed._version, {updated} as _updated_at, changed._is_deleted, {stamps}"
            f" from {file} as content inner join changed on content.file_row_number = changed.row_number"
        )
        new, changed, deleted = con.execute(
            "select count(*) filter (not _is_deleted and _version = 1),"
            " count(*) filter (not _is_deleted and _version > 1), count(*) filter (_is_deleted) from changed"
        ).fetchone()
        if gone:
            # A tombstone keeps the last content, and its time of change: the version decides between the two.
            deleted += con.execute(
                f"insert into {table} by name select old.* replace"
                f" (old._version + 1 as _version, true as _is_deleted, {stamps}) from {table} as old"
                " inner join newest on old._record_key = newest._record_key and old._version = newest._version"
                f" where not newest._is_deleted and ({gone})"
                " and not exists (select 1 from arrived where arrived._record_key = old._record_key)"
            ).fetchone()[0]
        return int(new), int(changed), int(deleted)

    def _gone(self, note: dict[str, Any]) -> str:
        """The condition under which a record that did not arrive is gone; empty if nothing says so."""
        if note["full"]:
            return "true"
        reasons = []
        for file, columns, negated in [
            (note["deleted"], note["key"], ""),
            (note["present"], note["key"], "not "),
            (note["parents"], note["parent"], ""),
            (note["parents_deleted"], note["parent"], ""),
            (note["parents_present"], note["parent"], "not "),
        ]:
            if file:
                reasons.append(f"{negated}{self._listed(file, columns, note, 'old')}")
        return " or ".join(reasons)

    def _listed(self, file: str | None, columns: list[str], note: dict[str, Any], row: str) -> str:
        """The condition under which the keys of a row stand in a file of the spool; empty if there is no file."""
        if not file:
            return ""
        free = [column for column in columns if column not in note["constants"]]
        same = " and ".join(f"said.{quoted(c)} is not distinct from {row}.{quoted(c)}::varchar" for c in free)
        return f"exists (select 1 from read_parquet({literal(str(self.spool / file))}) as said where {same})"


class RawLogClient(DuckDbClient):
    """DuckDB client that loads the files of the log with StampJob, and dlt's own files (its state) as ever."""

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        if ParsedLoadJobFileName.parse(file_path).file_format == "parquet":
            # normalized/<load>/new_jobs/<file> in the pipeline's working directory
            return StampJob(file_path, spool_dir(Path(file_path).parents[4]))
        return super().create_load_job(table, file_path, load_id, restore)


def spool_dir(working_dir: Path) -> Path:
    """Where the notes of the package in flight lie: beside dlt's own storages, in the pipeline's working directory."""
    return working_dir / "spool"


class raw_log(duckdb_destination):
    """The destination of every pipeline."""

    @property
    def client_class(self) -> type[RawLogClient]:
        return RawLogClient
