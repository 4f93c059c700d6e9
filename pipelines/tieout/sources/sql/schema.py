"""What a database has, held against the mapping: every table or column missing or retyped, in one
message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

from tieout.errors import AuthError, DriftError, LandingError, SourceUnavailable
from tieout.sources.sql.mapping import DatabaseMapping, MappedTable, suggested

# Kind of a raw column -> the families of database types it can be read from without losing
# anything.
READABLE: Mapping[str, frozenset[str]] = {
    "amount": frozenset({"number"}),
    "number": frozenset({"number"}),
    "rate": frozenset({"number"}),
    "fraction": frozenset({"number"}),
    "integer": frozenset({"number"}),
    "date": frozenset({"date", "timestamp"}),
    "timestamp": frozenset({"date", "timestamp"}),
    "boolean": frozenset({"boolean", "number"}),
}


@dataclass(frozen=True)
class Column:
    """A column of the database.

    `family` is number, float, text, date, timestamp, boolean or other. `exact` is false for numbers
    without a precision, which DuckDB's scanner would read as floating point. `zoned` timestamps
    carry their zone.
    """

    family: str
    exact: bool = True
    zoned: bool = False
    nullable: bool = True
    # Whether it may be NaN: a numeric or a float, not an integer.
    fractional: bool = True


@dataclass(frozen=True)
class SourceTable:
    """A mapped table with the columns that the database really has.

    `schema` is where it was found: what is read is what was looked at, whatever another
    connection's search path says. `alike` is true where the database tells names apart by their
    case alone.
    """

    mapped: MappedTable
    columns: Mapping[str, Column]
    schema: str | None = None
    alike: bool = False

    @property
    def place(self) -> tuple[str | None, str]:
        """The schema and the table."""
        return self.schema, self.mapped.schema_and_table[1]


def reflect(system: str, engine: sa.Engine, mapping: DatabaseMapping) -> list[SourceTable]:
    """What the database has of the mapped tables.

    Raises:
        DriftError: a table or column is missing, or a column's type does not fit; each is named.
        SourceUnavailable, AuthError: the database does not answer, or not to us.
    """
    try:
        inspector = sa.inspect(engine)
        found, faults = [], []
        for mapped in mapping.tables:
            schema = _schema(inspector, mapped)
            columns = _columns(inspector, mapped, schema)
            if columns is None:
                name = mapped.schema_and_table[1]
                there = suggested(name, inspector.get_table_names(schema))
                faults.append(
                    f"tables.{mapped.name}.from: the database has no table {mapped.source}; {there}"
                )
                continue
            faults += _unfit(mapped, columns, loose=engine.dialect.name == "sqlite")
            known = {*mapped.columns.values(), *mapped.ignored}
            whole = replace(mapped, extra=tuple(c for c in columns if c not in known))
            found.append(
                SourceTable(whole, columns, schema, _has_alike(inspector, whole, columns, schema))
            )
    except sa.exc.DBAPIError as error:
        raise unreachable(system, engine, error) from None
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise DriftError(
            f"{system}: the database is not what {mapping.path} says:\n{told}",
            "Correct the mapping, or restore the database's table; nothing of this system was landed.",
        )
    return found


def retyped(
    system: str, tables: Sequence[SourceTable], version: int, state: dict[str, Any]
) -> None:
    """Compares the types of the mapped columns with those of the last load, and remembers them in
    `state`.

    Raises:
        DriftError: a column is of another family now, and the mapping's `version` is the one it was read with before.
    """
    now = {
        table.mapped.name: {
            ours: table.columns[theirs].family for ours, theirs in table.mapped.columns.items()
        }
        for table in tables
    }
    before = state.get("types", {}) if state.get("version") == version else {}
    changed = [
        f"  {table.mapped.source}.{table.mapped.columns[column]} was {before[name][column]} and is {family}"
        for table in tables
        for name in [table.mapped.name]
        for column, family in now[name].items()
        if before.get(name, {}).get(column, family) != family
    ]
    if changed:
        raise DriftError(
            f"{system}: columns of the database have another type than before:\n"
            + "\n".join(changed),
            "Restore the type; or, if it was meant, raise `version` in the mapping file.",
        )
    state["types"], state["version"] = now, version


def unreachable(
    system: str, engine: sa.Engine, error: BaseException, what: str = "does not answer"
) -> LandingError:
    """Why the database does not answer, without its password."""
    said = " ".join(str(getattr(error, "orig", error)).split())
    if engine.url.password:
        said = said.replace(str(engine.url.password), "***")
    # Of what stands behind the ?, part is ours and part may be a password.
    where = engine.url.set(query={}).render_as_string(hide_password=True)
    if "password" in said or "authentication" in said or "permission denied" in said:
        return AuthError(
            f"{system}: {where} does not let us in: {said}",
            "Correct sources.field_service.database_url.",
        )
    return SourceUnavailable(
        f"{system}: {where} {what}: {said}",
        "Check that it runs, that sources.field_service.database_url is right, and that nobody changes or locks its"
        " tables meanwhile; then run again. Nothing of this system was landed.",
    )


def _schema(inspector: sa.Inspector, mapped: MappedTable) -> str | None:
    """The schema that a table is in: the one that is named, else the first of the search path that
    has it."""
    schema, name = mapped.schema_and_table
    if schema is not None or inspector.dialect.name != "postgresql":
        return schema
    with inspector.engine.connect() as connection:
        path: Sequence[Any] = (
            connection.execute(sa.text("select unnest(current_schemas(false))")).scalars().all()
        )
    for candidate in map(str, path):
        if name in {*inspector.get_table_names(candidate), *_views(inspector, candidate)}:
            return candidate
    return str(path[0]) if path else None


def _views(inspector: sa.Inspector, schema: str | None) -> list[str]:
    return [*inspector.get_view_names(schema), *inspector.get_materialized_view_names(schema)]


def _has_alike(
    inspector: sa.Inspector, mapped: MappedTable, columns: Mapping[str, Column], schema: str | None
) -> bool:
    """Whether a name that is read differs from another one by its case alone: DuckDB would not tell
    them apart."""
    if inspector.dialect.name != "postgresql":
        return False
    name = mapped.schema_and_table[1]
    tables = [
        other.lower() for other in (*inspector.get_table_names(schema), *_views(inspector, schema))
    ]
    schemas = [other.lower() for other in inspector.get_schema_names()]
    lowered = {column.lower() for column in columns}
    return (
        tables.count(name.lower()) > 1
        or schemas.count((schema or "").lower()) > 1
        or len(lowered) < len(columns)
    )


def _columns(
    inspector: sa.Inspector, mapped: MappedTable, schema: str | None
) -> dict[str, Column] | None:
    name = mapped.schema_and_table[1]
    try:
        reflected = inspector.get_columns(name, schema=schema)
    except NoSuchTableError:
        return None
    return {
        str(column["name"]): _column(column["type"], bool(column["nullable"]))
        for column in reflected
    }


def _column(kind: Any, nullable: bool) -> Column:
    # Float before Numeric, of which it is a kind.
    families: tuple[tuple[str, Any], ...] = (
        ("boolean", sa.Boolean),
        ("number", sa.Integer),
        ("float", sa.Float),
        ("number", sa.Numeric),
        ("timestamp", sa.DateTime),
        ("date", sa.Date),
        ("text", sa.String),
        ("text", sa.Uuid),
    )
    family = next((family for family, known in families if isinstance(kind, known)), "other")
    measured = not isinstance(kind, sa.Numeric) or (
        kind.precision is not None and kind.precision <= 38
    )
    zoned = bool(getattr(kind, "timezone", False))
    return Column(
        family, measured or family == "float", zoned, nullable, not isinstance(kind, sa.Integer)
    )


def _unfit(mapped: MappedTable, columns: Mapping[str, Column], *, loose: bool) -> list[str]:
    """Faults of one table. A `loose` database (SQLite) keeps anything in any column: there the
    values decide."""
    faults = []
    for ours, theirs in mapped.columns.items():
        here = f"tables.{mapped.name}.columns.{ours}"
        if theirs not in columns:
            faults.append(
                f"{here}: {mapped.source} has no column {theirs}; {suggested(theirs, columns)}"
            )
            continue
        kind, family = mapped.table.columns[ours], columns[theirs].family
        if not loose and family not in READABLE.get(kind, {family}):
            faults.append(f"{here}: {mapped.source}.{theirs} holds {family}, and {ours} is {kind}")
    return faults
