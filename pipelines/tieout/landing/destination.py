"""dlt's DuckDB destination, with a load job that keeps a log: it inserts what differs from the
newest version.

A job is one transaction that inserts the new versions, the tombstones and the entity's row in
`load_log`. That row says that the file is in: when a killed run's job is run again, it finds the
row and does nothing. So a file is in the log exactly once, whatever moment the process is killed
at, with no staging copy and no second write.
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

from tieout.landing.column_types import quoted
from tieout.landing.insert import Stamping


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
        log = f"{schema}.load_log"
        done = f"select 1 from {log} where load_id = ? and entity = ?"
        if con.execute(done, [note["load_id"], entity]).fetchone():
            return
        counts = Stamping(
            con, note, f"{quoted('raw_' + note['system'])}.{quoted(entity)}", self.spool
        ).run(self._file_path)
        row = {
            "load_id": note["load_id"],
            "source_system": note["source_system"],
            "entity": entity,
            "said_count": note["said_count"],
            "said_amount": note["said_amount"],
            "received_count": note["received_count"],
            **counts,
            "new_columns": ", ".join(note["new_columns"]) or None,
            "refused": note["refused"],
            "landed_at": note["landed_at"],
            "package_id": self._load_id,
        }
        con.execute(
            f"insert into {log} ({', '.join(row)}) values ({', '.join('?' for _ in row)})",
            list(row.values()),
        )


class RawLogClient(DuckDbClient):
    """DuckDB client that loads the files of the log with StampJob, and dlt's own files (its state)
    as ever."""

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        if ParsedLoadJobFileName.parse(file_path).file_format == "parquet":
            # normalized/<load>/new_jobs/<file> in the pipeline's working directory
            return StampJob(file_path, spool_dir(Path(file_path).parents[4]))
        return super().create_load_job(table, file_path, load_id, restore)


def spool_dir(working_dir: Path) -> Path:
    """Where the notes of the package in flight lie: beside dlt's own storages, in the pipeline's
    working directory."""
    return working_dir / "spool"


class raw_log(duckdb_destination):
    """The destination of every pipeline."""

    @property
    def client_class(self) -> type[RawLogClient]:
        return RawLogClient
