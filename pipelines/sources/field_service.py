"""Work orders from any SQL database, by a mapping file: jobs, contracts, deliveries, costs, stock.

Config, `[sources.field_service]`: database_url (`postgresql://…`, `sqlite:///…`, or any other that SQLAlchemy knows and
whose driver is installed; one with a password belongs in secrets.toml), mapping (a YAML file; without it, the demo
company's).

Each table is read whole the first time, then from its last change on, with an overlap for what was committed late.
Every time, the keys of all rows are compared, so that what was deleted outright becomes a tombstone; and the database's
own count and sum, of the same snapshot, go with the load. A load that did not pass its checks is followed by a whole
one: what an incremental one may have missed heals by itself. Why scanners, and not dlt's `sql_database`:
docs/decisions/0003-databases-are-scanned.md.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import TypeAlias

import dlt
import sqlalchemy as sa
from dlt.extract import DltResource

from pipelines.errors import LandingError
from pipelines.raw_store import open_raw
from pipelines.rawlog import CURRENT_LANDING, Extract, Rows, group
from pipelines.sources.field_service_tables import AMOUNTS, SYSTEM, TABLES, codes
from pipelines.sources.sql_engine import EngineSnapshot
from pipelines.sources.sql_mapping import DatabaseMapping, read_mapping
from pipelines.sources.sql_scanner import PostgresSnapshot, Snapshot, SqliteSnapshot
from pipelines.sources.sql_schema import SourceTable, reflect, retyped

__all__ = ["TABLES", "source"]

# Of one table: what its rows were read as, and the last change seen, as the database's clock tells it.
Cursor: TypeAlias = Mapping[str, str | None]

DEMO_MAPPING = Path(__file__).with_suffix(".yml")


@dlt.source(name=SYSTEM, section=SYSTEM)
def source(database_url: str = dlt.config.value, mapping: str | None = None) -> DltResource:
    """One group: all tables are of one snapshot, and move together."""
    said = read_mapping(SYSTEM, Path(mapping) if mapping else DEMO_MAPPING, TABLES, codes)
    engine = _engine(database_url)

    def extract(extract: Extract) -> Iterator[tuple[str, Rows]]:
        tables = reflect(SYSTEM, engine, said)
        retyped(SYSTEM, tables, said.version, extract.state)
        cursors = {} if _last_was_rejected() else extract.state.get("cursors", {})
        moved: dict[str, Cursor] = {}
        with closing(_snapshot(engine, said.time_zone)) as snapshot:
            for table in tables:
                cursor = cursors.get(table.mapped.name, {})
                moved[table.mapped.name] = yield from _table(extract, snapshot, table, said, cursor)
        extract.state["cursors"] = moved

    return group(SYSTEM, "database", [mapped.table for mapped in said.tables], extract)


def _table(
    extract: Extract,
    snapshot: Snapshot,
    table: SourceTable,
    mapping: DatabaseMapping,
    cursor: Cursor,
) -> Generator[tuple[str, Rows], None, Cursor]:
    """The records of one table that may have changed, the keys it has, and what it says of itself; its new cursor."""
    name = table.mapped.name
    form = _form(table, mapping)
    since = None
    if table.mapped.updated_at and cursor.get("form") == form and (last := cursor.get("last_change")):
        since = datetime.fromisoformat(last) - timedelta(minutes=mapping.overlap_minutes)
    for rows in snapshot.rows(table, since):
        yield name, rows
    if since is None:
        extract.full(name)
    else:
        extract.present(name, snapshot.keys(table))
    totals = snapshot.totals(table, AMOUNTS.get(name))
    extract.said(name, totals.count, totals.amount)
    return {"form": form, "last_change": totals.last_change.isoformat() if totals.last_change else None}


def _form(table: SourceTable, mapping: DatabaseMapping) -> str:
    """What the rows of a table are read as: when that changes, all of them are read again."""
    mapped = table.mapped
    said = (mapped.source, sorted(mapped.columns.items()), sorted(mapped.extra), mapping.time_zone, mapping.version)
    return md5(
        repr((said, sorted((c, sorted(v.items())) for c, v in mapped.codes.items()))).encode(), usedforsecurity=False
    ).hexdigest()


def _engine(database_url: str) -> sa.Engine:
    try:
        url = sa.make_url(database_url)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        # The message of an address that cannot be parsed repeats it, password and all.
        cause = "" if isinstance(error, sa.exc.ArgumentError) else f": {error}"
        raise LandingError(
            f"{SYSTEM}: database_url cannot be used{cause}",
            "Write it as postgresql://user:password@host:5432/name or sqlite:///path/to/file.db; other engines need"
            " their SQLAlchemy driver installed.",
        ) from None
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).is_file()):
        raise LandingError(
            f"{SYSTEM}: there is no SQLite file {url.database}", "Correct sources.field_service.database_url."
        )
    return engine


def _snapshot(engine: sa.Engine, time_zone: str) -> Snapshot:
    """The fastest reader that the database has."""
    if engine.url.drivername == "postgresql+psycopg":
        return PostgresSnapshot(SYSTEM, engine, time_zone)
    if engine.url.drivername == "sqlite":
        return SqliteSnapshot(SYSTEM, engine, time_zone)
    return EngineSnapshot(SYSTEM, engine, time_zone)


def _last_was_rejected() -> bool:
    with open_raw(CURRENT_LANDING.get().raw_path) as connection:
        found = connection.execute(
            "select arg_max(status, load_id) from tieout_meta.loads where connector = ?", [SYSTEM]
        ).fetchone()
    return bool(found and found[0] == "rejected")
