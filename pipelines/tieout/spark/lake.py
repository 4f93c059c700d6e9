"""The lake: what arrived and what is known, as Parquet in a folder that Spark reads; and the build
that it leaves there.

    <lake>/log.json                 which log is current
    <lake>/log.<id>/<schema>/<table>/part.parquet
    <lake>/build.<id>/<schema>.db/<table>/…

A log is written under another name and becomes the current one by one rename, so that a reader sees
all of it or none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from pyarrow import parquet

from tieout.errors import TieoutError
from tieout.landing.column_types import literal, literally, quoted
from tieout.settings import Settings, owner_only
from tieout.warehouse.history import prepare_history

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HISTORY = "history"
"""The schema that holds the life of exceptions."""
CURRENT = "log.json"


def export(settings: Settings, lake: Path) -> Path:
    """Writes the raw log and the history into the lake, if what is there is not of them as they
    are. The caller holds the locks of both.

    Returns:
        the folder of the current log.

    Raises:
        TieoutError: nothing has landed, the lake is another warehouse's, or it cannot be written to.
    """
    if not settings.raw.exists():
        raise TieoutError(f"nothing has landed in {settings.output}", "run `tieout land` first")
    prepare_history(settings.history)
    now = {
        "of": {path.name: _state(path) for path in (settings.raw, settings.history)},
        "warehouse": str(settings.output.resolve()),
    }
    current = _current(lake)
    if current is not None:
        _see_that_it_is_own(settings, lake, Path(current["warehouse"]))
        folder = lake / str(current["folder"])
        if current == {"folder": folder.name, **now} and folder.is_dir():
            _leave_only(lake, folder)
            return folder
    identity = _identity()
    partial, folder = lake / f".log.{identity}.partial", lake / f"log.{identity}"
    try:
        with owner_only():
            partial.mkdir(parents=True)
            _write(settings.raw, partial, None)
            _write(settings.history, partial, HISTORY)
        partial.rename(folder)
        said = lake / f".{CURRENT}.new"
        said.write_text(json.dumps({"folder": folder.name, **now}) + "\n", encoding="utf-8")
        said.replace(lake / CURRENT)
    except OSError as error:
        raise TieoutError(
            f"{lake} cannot be written to: {error.strerror}", "give another --lake"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _leave_only(lake, folder)
    return folder


def _see_that_it_is_own(settings: Settings, lake: Path, warehouse: Path) -> None:
    """A build would take away what the other warehouse's build left, which that one's file shows.

    Raises:
        TieoutError: the lake is another warehouse's, and that one is still there.
    """
    own = settings.output.resolve()
    if warehouse == own or own in lake.resolve().parents:
        return  # a copy of a warehouse has a lake of its own in it
    if Settings(output=warehouse).raw.exists():
        raise TieoutError(f"{lake} is the lake of {warehouse}", "give another --lake")


def _leave_only(lake: Path, folder: Path) -> None:
    """Takes away the logs before, and what runs that were killed began."""
    for left in (*lake.glob(".log.*.partial"), *lake.glob("log.*Z")):
        if left != folder:
            shutil.rmtree(left)


def _identity() -> str:
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _current(lake: Path) -> dict[str, Any] | None:
    path = lake / CURRENT
    if not path.exists():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TieoutError(f"{path} is damaged: {error}", "remove it, and run again") from error
    return said


def _write(file: Path, folder: Path, schema: str | None) -> None:
    """Each table of a DuckDB file as Parquet; times of a zone as the times of UTC."""
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"attach {literal(str(file))} as log (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'log' order by all"
        ).fetchall()
        for own, table in tables:
            to = folder / (schema or own) / table
            to.mkdir(parents=True)
            source = f"log.{quoted(own)}.{quoted(table)}"
            columns = ", ".join(
                f"{quoted(name)} at time zone 'UTC' as {quoted(name)}"
                if kind == "TIMESTAMP WITH TIME ZONE"
                else quoted(name)
                for name, kind, *_ in connection.execute(f"describe {source}").fetchall()
            )
            connection.execute(
                f"copy (select {columns} from {source}) to {literal(str(to / 'part.parquet'))}"
                " (format parquet, compression zstd)"
            )


def register(session: SparkSession, log: Path) -> None:
    """Makes the tables of a log known to the session, under the names that models call them by."""
    known: set[str] = set()
    for schema, table, folder in _tables(log):
        if schema not in known:
            session.sql(f"create database if not exists {schema}")
            known.add(schema)
        session.sql(f"drop table if exists {schema}.{_ticked(table)}")
        # Told its columns, Spark starts no job to find them.
        session.sql(
            f"create table {schema}.{_ticked(table)} ({_columns(folder)}) using parquet"
            f" location {_spark_text(str(folder))}"
        )


def _tables(log: Path) -> Iterator[tuple[str, str, Path]]:
    for folder in sorted(log.glob("*/*")):
        if folder.is_dir():
            yield folder.parent.name, folder.name, folder.resolve()


def _columns(folder: Path) -> str:
    """The columns of a table's Parquet, each with its type, as Spark calls them."""
    from pyspark.sql.pandas.types import from_arrow_schema

    schema = from_arrow_schema(parquet.read_schema(next(folder.glob("*.parquet"))))
    return ", ".join(
        f"{_ticked(field.name)} {field.dataType.simpleString()}" for field in schema.fields
    )


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _spark_text(text: str) -> str:
    """A text in Spark's SQL, in which a backslash escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def place_of_build(lake: Path) -> Path:
    """Where a build that begins writes, once what earlier ones left is gone.

    Each has a name of its own: who still reads an earlier one meets nothing, and never another
    one's rows.
    """
    for left in lake.glob("build.*Z"):
        shutil.rmtree(left, ignore_errors=True)
    return lake / f"build.{_identity()}"


def collect(session: SparkSession, settings: Settings) -> None:
    """Makes `build.duckdb` over the tables that Spark built, so that every command reads it as it
    reads a build of DuckDB's: views on the Parquet files."""
    made = settings.build.with_name(f".{settings.build.name}.new")
    made.unlink(missing_ok=True)
    with closing(duckdb.connect(str(made))) as connection:
        for (schema,) in session.sql("show databases").collect():
            tables = [] if _is_of_log(schema) else session.sql(f"show tables in {schema}").collect()
            for table in tables:
                built = _built(session, schema, table.tableName)
                if built is None:
                    continue  # a view
                name = f"{quoted(schema)}.{quoted(table.tableName)}"
                connection.execute(f"create schema if not exists {quoted(schema)}")
                if not any(built.folder.rglob("*.parquet")):
                    # Nobody filled it: a seed without rows.
                    empty = session.table(f"{schema}.{_ticked(table.tableName)}").toArrow()
                    connection.register("empty", empty)
                    connection.execute(f"create table {name} as select * from empty")
                    connection.unregister("empty")
                    continue
                columns = ", ".join(map(quoted, built.columns))
                files = literal(f"{literally(built.folder)}/**/*.parquet")
                # A folder above the lake may have a name with a = in it, too.
                connection.execute(
                    f"create view {name} as select {columns} from read_parquet({files},"
                    f" hive_partitioning = {built.is_partitioned}, hive_types_autocast = false)"
                )
    made.replace(settings.build)


def _is_of_log(schema: str) -> bool:
    return schema.startswith("raw_") or schema in ("tieout_meta", HISTORY)


@dataclass(frozen=True)
class _Built:
    """A table that Spark built: where its Parquet lies, and its columns in their order."""

    folder: Path
    columns: tuple[str, ...]
    is_partitioned: bool


def _built(session: SparkSession, schema: str, table: str) -> _Built | None:
    """What Spark knows of a table; None of a view."""
    rows = session.sql(f"describe table extended {schema}.{_ticked(table)}").collect()
    names = [str(row.col_name) for row in rows]
    where = next((row.data_type for row in rows if row.col_name == "Location"), None)
    if where is None:
        return None
    # Columns come first; a blank line or a heading ends them.
    columns = takewhile(lambda name: name and not name.startswith("# "), names)
    return _Built(
        Path(str(where).removeprefix("file:")), tuple(columns), "# Partition Information" in names
    )
