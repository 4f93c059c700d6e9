"""SQLite, read out of a copy made by its online backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb

from tieout.landing.column_types import literal
from tieout.landing.table_types import CURRENT_LANDING
from tieout.sources.sql.scanner import SOURCE, Scanned, load_extension
from tieout.sources.sql.schema import unreachable


class SqliteSnapshot(Scanned):
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
