"""The raw database itself: its schemas and tables, which loads are in, and what a broken load left
behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from tieout.errors import LandingError
from tieout.landing.column_types import LOG_COLUMNS, SQL_TYPES, literal, quoted
from tieout.landing.table_types import Landing, Table

LOAD_LOG = {
    "load_id": "VARCHAR",
    "source_system": "VARCHAR",
    "entity": "VARCHAR",
    "said_count": "BIGINT",
    "said_amount": "DECIMAL(18,2)",
    "received_count": "BIGINT",
    "new_count": "BIGINT",
    "changed_count": "BIGINT",
    "deleted_count": "BIGINT",
    "new_columns": "VARCHAR",
    "refused": "VARCHAR",  # why the source does not let us read the table, where it does not
    "landed_at": "TIMESTAMP",
    "package_id": "VARCHAR",  # dlt's id of the package, by which `_dlt_loads` says that it is whole
}
LOADS = {
    "source_system": "VARCHAR",
    "load_id": "VARCHAR",
    "landed_at": "TIMESTAMP",
    "status": "VARCHAR",
    "checked_at": "TIMESTAMP",
    "reason": "VARCHAR",
    # The raw schema the load lies in: the folders of `imports` are systems of their own and share
    # one.
    "connector": "VARCHAR",
}


def open_raw(path: Path) -> duckdb.DuckDBPyConnection:
    """The raw database. LandingError if another process has it open.

    Connections of one process share it: while one is open, no other process gets in between.
    """
    try:
        return duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise LandingError(
            f"{path} is open in another process, and DuckDB lets nobody else in while it writes: {error}",
            "Close that process and run again.",
        ) from error


def _create(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Mapping[str, str]
) -> None:
    name = f"{quoted(schema)}.{quoted(table)}"
    con.execute(
        f"create table if not exists {name} ({', '.join(f'{quoted(c)} {t}' for c, t in columns.items())})"
    )
    found = {row[0]: row[1] for row in con.execute(f"describe {name}").fetchall()}
    for column, sql_type in columns.items():
        if column not in found:
            con.execute(f"alter table {name} add column {quoted(column)} {sql_type}")
        elif found[column] != sql_type and not _widened(con, name, column, found[column], sql_type):
            raise LandingError(
                f"{name}.{column} holds {found[column]} in the log, and the connector now declares {sql_type}",
                "The log is never rewritten: give the column a new name.",
            )


def _widened(
    con: duckdb.DuckDBPyConnection, name: str, column: str, held: str, declared: str
) -> bool:
    """Gives a decimal column more places, which changes no value of the log; False where that is
    not what is asked, or where a value would not fit."""
    places = [re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind) for kind in (held, declared)]
    if not (places[0] and places[1]) or int(places[0][2]) > int(places[1][2]):
        return False
    try:
        con.execute(f"alter table {name} alter column {quoted(column)} type {declared}")
    except duckdb.ConversionException:
        return False
    return True


def ensure_tables(path: Path, systems: Mapping[str, Sequence[Table]]) -> None:
    """Every table of every system exists afterwards, so that no model needs to know what has been
    landed."""
    with open_raw(path) as con:
        con.execute("create schema if not exists tieout_meta")
        _create(con, "tieout_meta", "loads", LOADS)
        for system, tables in systems.items():
            con.execute(f"create schema if not exists {quoted(f'raw_{system}')}")
            for table in tables:
                columns = {column: SQL_TYPES[kind] for column, kind in table.columns.items()}
                _create(con, f"raw_{system}", table.name, {**columns, **LOG_COLUMNS})
            _create(con, f"raw_{system}", "load_log", LOAD_LOG)


def extra_columns(landing: Landing, table: Table) -> list[str]:
    """Columns that an earlier load brought although they are not declared, in their order of
    arrival."""
    with open_raw(landing.raw_path) as con:
        found = con.execute(
            "select column_name from information_schema.columns where table_schema = ? and table_name = ?"
            " order by ordinal_position",
            [f"raw_{landing.system}", table.name],
        ).fetchall()
    return [
        column for (column,) in found if column not in table.columns and column not in LOG_COLUMNS
    ]


def admit_loads(path: Path, system: str, tables: Iterable[Table]) -> None:
    """Makes whole loads visible and removes what a broken one left. For when nothing of the system
    is pending.

    A load is whole when dlt says that its package is. Rows of any other were never visible, as no
    reader takes a load that is not in `tieout_meta.loads`.
    """
    schema = quoted(f"raw_{system}")
    with open_raw(path) as con:
        unseen = con.execute(
            f"select distinct load_id, package_id from {schema}.load_log"
            " where load_id not in (select load_id from tieout_meta.loads)"
        ).fetchall()
        if not unseen:
            return
        con.execute("begin")
        for load_id, package_id in unseen:
            whole = (
                _has_dlt_loads(con, system)
                and con.execute(
                    f"select 1 from {schema}._dlt_loads where load_id = ? and status = 0",
                    [package_id],
                ).fetchone()
            )
            if whole:
                con.execute(
                    "insert into tieout_meta.loads (source_system, load_id, landed_at, status, connector)"
                    f" select distinct source_system, load_id, landed_at, 'landed', {literal(system)}"
                    f" from {schema}.load_log where load_id = ?",
                    [load_id],
                )
                continue
            for table in tables:
                con.execute(
                    f"delete from {schema}.{quoted(table.name)} where _load_id = ?", [load_id]
                )
            con.execute(f"delete from {schema}.load_log where load_id = ?", [load_id])
        con.execute("commit")


def _has_dlt_loads(con: duckdb.DuckDBPyConnection, system: str) -> bool:
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = '_dlt_loads'",
        [f"raw_{system}"],
    ).fetchone()
    return found is not None
