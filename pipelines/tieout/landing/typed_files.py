"""Brings what arrived for one table to its declared columns and types, or says what no longer
fits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
from dlt.common.normalizers.naming.snake_case import NamingConvention

from tieout.errors import DriftError, LandingError
from tieout.landing.column_types import (
    DECIMALS,
    FLOATING,
    SQL_TYPES,
    cast_from_text,
    literal,
    parquet,
    quoted,
)
from tieout.landing.table_types import Extract, Landing, Table

FAULT = "tieout-fault"
NAMING = NamingConvention()


class Shape:
    """One table as it is written in this load: its declared columns, and the extra ones it has come
    to have."""

    def __init__(self, landing: Landing, table: Table, extra: list[str]) -> None:
        self.landing, self.table, self.extra = landing, table, extra
        self.name = f"{landing.system}: {table.name}"

    def kinds(self) -> list[tuple[str, str]]:
        """The file's columns with their kinds, in the order dlt knows them."""
        own = [
            (c, kind) for c, kind in self.table.columns.items() if c not in self.landing.constants
        ]
        return own + [(column, "text") for column in self.extra]

    def write(
        self, con: duckdb.DuckDBPyConnection, relation: str, path: Path, extract: Extract
    ) -> int:
        """Writes the typed file; its number of rows. DriftError names the first thing that does not
        fit."""
        arrived = {
            row[0]: row[1] for row in con.execute(f"describe select * from {relation}").fetchall()
        }
        names = self._names(arrived, extract)
        missing = sorted(column for column in self.table.required if column not in names)
        if missing and con.execute(f"select 1 from {relation} limit 1").fetchone():
            raise DriftError(
                f"{self.name} arrives without its required column {missing[0]} (it has {', '.join(arrived)})",
                "The source was changed: restore the column there, or adapt the connector.",
            )
        known = [
            f"{quoted(names[column])}::varchar" for column in self.table.key if column in names
        ]
        key = f"concat_ws('|', {', '.join(known) or 'null'})"
        picks = [
            f"{self._typed(names.get(column), arrived, column, kind, key)} as {quoted(column)}"
            for column, kind in self.kinds()
        ]
        query = f"select {', '.join(picks)} from {relation}"
        try:
            written = con.execute(
                f"copy ({query}) to {literal(str(path))} (format parquet)"
            ).fetchone()
        except duckdb.Error as error:
            raise self._drift(error) from error
        return int(written[0]) if written else 0

    def check_keys(self, con: duckdb.DuckDBPyConnection, path: Path, *, unique: bool) -> None:
        """No record without a key; none twice, where that is not known already."""
        file = parquet(path)
        key = [column for column in self.table.key if column not in self.landing.constants]
        for column in key:
            without = f"select 1 from {file} where {quoted(column)} is null limit 1"
            if column not in self.table.nullable_key and con.execute(without).fetchone():
                raise DriftError(
                    f"{self.name} has a record without its key {column}",
                    "Correct it in the source, or adapt the connector.",
                )
        if unique:
            return
        columns = ", ".join(map(quoted, key))
        twice = con.execute(
            f"select {columns} from {file} group by {columns} having count(*) > 1 limit 1"
        ).fetchone()
        if twice:
            raise DriftError(
                f"{self.name} has several records with the same key {', '.join(key)}: {', '.join(map(str, twice))}",
                "Name the columns that identify a record.",
            )

    def _names(self, arrived: Mapping[str, str], extract: Extract) -> dict[str, str]:
        """Our column -> the name it arrived under. Columns that are not declared join the extra
        ones."""
        ours = [column for column, _ in self.kinds() if column in arrived]
        names = {column: column for column in ours}
        reserved = {*self.table.columns, *self.landing.constants}
        for column in arrived:
            if column in reserved or column in names:
                continue
            name = NAMING.normalize_identifier(column) if column.strip() else "unnamed"
            while name in reserved or name in names or name.startswith("_"):
                name = f"{name.lstrip('_')}_x"
            names[name] = column
            if name not in self.extra:
                self.extra.append(name)
                extract.drift(self.table.name, [name])
        return names

    def _typed(
        self, arrived_as: str | None, arrived: Mapping[str, str], column: str, kind: str, key: str
    ) -> str:
        target = SQL_TYPES[kind]
        if arrived_as is None:
            return f"cast(null as {target})"
        source, name = arrived[arrived_as], quoted(arrived_as)
        if source == target:
            return name
        if source in FLOATING and (kind in DECIMALS or kind == "json"):
            raise DriftError(
                f"{self.name}.{column} arrives as floating point ({source}), which does not keep cents",
                "Read it as a decimal or as text.",
            )
        if source == "TIMESTAMP WITH TIME ZONE" and kind == "timestamp":
            return f"({name} at time zone 'UTC')"
        value, refused = cast_from_text(f"{name}::varchar", kind)
        if refused == "false":
            return value
        parts = f"'{FAULT}', {literal(column)}, {literal(kind)}, {key}, {name}::varchar, '{FAULT}'"
        return f"cast(case when {refused} then error(concat_ws(chr(31), {parts})) else {value} end as {target})"

    def _drift(self, error: duckdb.Error) -> LandingError:
        parts = str(error).split(chr(31))
        if not parts[0].endswith(FAULT):
            return LandingError(
                f"{self.name} cannot be read: {error}", "See whether the source changed its shape."
            )
        _, column, kind, key, value, *_ = parts
        return DriftError(
            f"{self.name}.{column} of record {key} is {value!r}, which is not a valid {kind}",
            "Correct it in the source, or adapt the connector if the source changed its type.",
        )
