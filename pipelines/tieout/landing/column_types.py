"""Types of the raw log: how each is written in DuckDB and dlt, and how values become it without
losing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import simplejson  # type: ignore[import-untyped]

SQL_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "number": "DECIMAL(18,6)",
    "rate": "DECIMAL(28,12)",
    "fraction": "DECIMAL(18,6)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "json": "VARCHAR",
}
DLT_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"data_type": "text"},
    "amount": {"data_type": "decimal", "precision": 18, "scale": 2},
    "number": {"data_type": "decimal", "precision": 18, "scale": 6},
    "rate": {"data_type": "decimal", "precision": 28, "scale": 12},
    "fraction": {"data_type": "decimal", "precision": 18, "scale": 6},
    "date": {"data_type": "date"},
    "timestamp": {"data_type": "timestamp", "timezone": False},
    "boolean": {"data_type": "bool"},
    "integer": {"data_type": "bigint"},
    "json": {"data_type": "text"},
}
LOG_COLUMNS: Mapping[str, str] = {
    "_record_key": "VARCHAR",
    "_record_hash": "VARCHAR",
    "_version": "INTEGER",
    "_updated_at": "TIMESTAMP",
    "_is_deleted": "BOOLEAN",
    "_load_id": "VARCHAR",
    "_landed_at": "TIMESTAMP",
}
# Of each DuckDB instance; there are two at most, and the process has to stay below 4 GiB.
MEMORY_LIMIT = "1500MB"
# What holds an exact decimal, and how many places of it.
DECIMALS: Mapping[str, int] = {"amount": 2, "number": 6, "fraction": 6, "rate": 12}
# Texts whose value is kept by the cast.
EXACT: Mapping[str, str] = {
    "amount": "[-+]?[0-9]*[.]?[0-9]{0,2}0*",
    "integer": "[-+]?[0-9]+([.]0*)?",
}
FLOATING = ("FLOAT", "DOUBLE", "REAL")


def quoted(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def as_text(value: object) -> str | None:
    """A Python value as the text that DuckDB casts back to exactly this value. TypeError for a
    float."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        raise TypeError("floating point; parse JSON with parse_float=Decimal")
    if isinstance(value, (Mapping, list, tuple)):
        return str(
            simplejson.dumps(
                value, use_decimal=True, ensure_ascii=False, default=as_text, allow_nan=False
            )
        )
    if isinstance(value, dt.datetime):
        value = (
            value.astimezone(dt.timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        ).isoformat(sep=" ")
    elif isinstance(value, bool):
        value = "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def cast_from_text(text: str, kind: str) -> tuple[str, str]:
    """Two SQL expressions for a text expression: its value as `kind`, and whether it cannot be
    one."""
    target = SQL_TYPES[kind]
    if target == "VARCHAR":
        return text, "false"
    filled = f"nullif(trim({text}), '')"
    if kind == "timestamp":
        # Through TIMESTAMPTZ: a cast to TIMESTAMP silently drops the offset. The session's zone is
        # UTC.
        value = f"try_cast({filled} as timestamptz) at time zone 'UTC'"
    else:
        value = f"try_cast({filled} as {target})"
    refused = f"({filled} is not null and {value} is null)"
    if kind in EXACT:
        # Casting rounds: 1.239 would become 1.24.
        refused = f"({refused} or not regexp_full_match({filled}, '{EXACT[kind]}'))"
    return value, refused


def parquet(path: object, options: str = "") -> str:
    """A parquet file as a SQL relation: this one file, and its own values.

    DuckDB would take `a*` or `b[1]` in a path for a pattern, and `currency=EUR` for a column that
    replaces the file's.
    """
    more = f", {options}" if options else ""
    return f"read_parquet({literal(literally(path))}, hive_partitioning = false{more})"


def literally(path: object) -> str:
    """A path as a pattern that matches it alone."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
