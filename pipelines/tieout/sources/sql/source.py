"""Work orders from any SQL database, by a mapping file: jobs, contracts, deliveries, costs, stock.

Config, `[sources.field_service]`: database_url (`postgresql://…`, `sqlite:///…`, or any other that
SQLAlchemy knows and whose driver is installed; one with a password belongs in secrets.toml),
mapping (a YAML file; without it, the demo company's).

Each table is read whole the first time, then from its last change on, with an overlap for what was
committed late. Every time, the keys of all rows are compared, so that what was deleted outright
becomes a tombstone; and the database's own count and sum, of the same snapshot, go with the load. A
load that did not pass its checks is followed by a whole one: what an incremental one may have
missed heals by itself. Why scanners, and not dlt's `sql_database`:
docs/decisions/0003-databases-are-scanned.md.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta, timezone
from hashlib import md5
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import dlt
import pyarrow as pa
import sqlalchemy as sa
from dlt.extract import DltResource

from tieout.errors import LandingError
from tieout.landing.column_types import quoted
from tieout.landing.raw_database import open_raw
from tieout.landing.resource import group
from tieout.landing.table_types import CURRENT_LANDING, Extract, Rows
from tieout.sources.sql import SYSTEM
from tieout.sources.sql.engine import EngineSnapshot
from tieout.sources.sql.mapping import DatabaseMapping, read_mapping
from tieout.sources.sql.postgres import PostgresSnapshot
from tieout.sources.sql.scanner import Snapshot
from tieout.sources.sql.schema import SourceTable, reflect, retyped
from tieout.sources.sql.sqlite import SqliteSnapshot
from tieout.sources.sql.tables import AMOUNTS, TABLES, codes

__all__ = ["TABLES", "source"]

# Of one table: what its rows were read as, and the last change seen, as the database's clock tells
# it.
Cursor: TypeAlias = Mapping[str, str | None]

# Seconds, and milliseconds for the last.
LIMITS = {
    "connect_timeout": "15",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "90000",
}
LOCKS = "-c lock_timeout=60s -c statement_timeout=3600s"

TYPED_KEYS = True
DEMO_MAPPING = Path(__file__).with_name("field_service.yml")


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
        began = datetime.now(timezone.utc)
        with closing(_snapshot(engine, said.time_zone)) as snapshot:
            for table in tables:
                cursor = cursors.get(table.mapped.name, {})
                moved[table.mapped.name] = yield from _table(
                    extract, snapshot, table, said, cursor, began
                )
        extract.state["cursors"] = moved

    return group(SYSTEM, "database", [mapped.table for mapped in said.tables], extract)


def _table(
    extract: Extract,
    snapshot: Snapshot,
    table: SourceTable,
    mapping: DatabaseMapping,
    cursor: Cursor,
    began: datetime,
) -> Generator[tuple[str, Rows], None, Cursor]:
    """The records of one table that may have changed, the keys it has, and what it says of itself;
    its new cursor."""
    name = table.mapped.name
    form = _form(table, mapping)
    since = None
    if (
        table.mapped.updated_at
        and cursor.get("form") == form
        and (last := cursor.get("last_change"))
    ):
        since = datetime.fromisoformat(last) - timedelta(minutes=mapping.overlap_minutes)
    for rows in snapshot.rows(table, since):
        yield name, rows
    if since is not None and snapshot.missed(table, _known(table)):
        # A record that came without a time of change that says so; all of them are read, which
        # heals it.
        since = None
        for rows in snapshot.rest(table):
            yield name, rows
    if since is None:
        extract.full(name)
    else:
        extract.present(name, snapshot.keys(table))
    totals = snapshot.totals(table, AMOUNTS.get(name))
    extract.said(name, totals.count, totals.amount)
    # A naive time is of the database's own zone; one that carries its zone comes as UTC.
    column = table.columns.get(table.mapped.updated_at or "")
    latest = began if column and column.zoned else began.astimezone(ZoneInfo(mapping.time_zone))
    seen = min(totals.last_change, latest.replace(tzinfo=None)) if totals.last_change else None
    return {"form": form, "last_change": seen.isoformat() if seen else None}


def _known(table: SourceTable) -> pa.Table:
    """The keys of the records that the log has, and that are not deleted, as text."""
    name, key = table.mapped.name, table.mapped.table.key
    picks = ", ".join(f"cast({quoted(column)} as varchar) as {quoted(column)}" for column in key)
    with open_raw(CURRENT_LANDING.get().raw_path) as connection:
        return connection.execute(
            f"select {picks} from {quoted(f'raw_{SYSTEM}')}.{quoted(name)}"
            " qualify row_number() over (partition by _record_key order by _version desc) = 1 and not _is_deleted"
        ).to_arrow_table()


def _form(table: SourceTable, mapping: DatabaseMapping) -> str:
    """What the rows of a table are read as: when that changes, all of them are read again."""
    mapped = table.mapped
    said = (
        mapped.source,
        sorted(mapped.columns.items()),
        sorted(mapped.extra),
        mapping.time_zone,
        mapping.version,
    )
    return md5(
        repr((said, sorted((c, sorted(v.items())) for c, v in mapped.codes.items()))).encode(),
        usedforsecurity=False,
    ).hexdigest()


def _engine(database_url: str) -> sa.Engine:
    try:
        url = sa.make_url(database_url)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        if url.drivername == "postgresql+psycopg":
            url = _bounded(url)
        engine = sa.create_engine(url)
    except (
        sa.exc.ArgumentError,
        sa.exc.NoSuchModuleError,
        ModuleNotFoundError,
        ValueError,
    ) as error:
        # The message of an address that cannot be parsed repeats it, password and all.
        cause = "" if isinstance(error, sa.exc.ArgumentError | ValueError) else f": {error}"
        raise LandingError(
            f"{SYSTEM}: database_url cannot be used{cause}",
            "Write it as postgresql://user:password@host:5432/name (the port is a number) or sqlite:///path/to/file.db;"
            " other engines need their SQLAlchemy driver installed.",
        ) from None
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).is_file()):
        raise LandingError(
            f"{SYSTEM}: there is no SQLite file {url.database}",
            "Correct sources.field_service.database_url.",
        )
    return engine


def _bounded(url: sa.URL) -> sa.URL:
    """PostgreSQL's address with an end to every wait: for the server, for a lock, for a line that
    has gone dead."""
    said = dict(url.query)
    given = {**LIMITS, **said}
    if not said.get("options"):
        bounded = url.set(query={**given, "options": LOCKS})
        try:
            with sa.create_engine(bounded, poolclass=sa.NullPool).connect():
                return bounded
        except sa.exc.DBAPIError as error:
            # A pooler in between may take no options; whatever else is wrong is met, and told,
            # later.
            if "startup parameter" not in str(error):
                return bounded
    return url.set(query=given)


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
