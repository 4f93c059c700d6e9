"""What is published, opened to be read: the position it gives, and the period that the pack is
of."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tieout.errors import TieoutError
from tieout.remedies import RUN_FIRST
from tieout.settings import Settings
from tieout.warehouse.publish_record import reporting_currency

NEEDED = (
    "fct_stage_events",
    "fct_bridge",
    "fct_bridge_monthly",
    "fct_exceptions",
    "fct_control_results",
    "fct_margin_walk",
    "fct_bridge_attribution",
)
COLUMNS = {
    "fct_exceptions": ("counted_loss_amount", "which did not tell loss from doubt"),
    "fct_margin_by_rep": ("missed_cost_amount", "which did not tell how accurate quotes were"),
}
"""Of a mart a column that earlier versions had not, and what they did not do without it."""


@dataclass(frozen=True)
class Position:
    """One published run, and the month of it that is told.

    `starts_on` and `ends_on` are the days of the month, the last cut to the day of the position.
    `record` is what the publication wrote about itself.
    """

    run_id: str
    as_of_on: date
    starts_on: date
    ends_on: date
    currency: str
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def period(self) -> str:
        """The month as it is named in commands and files: 2026-03."""
        return f"{self.starts_on:%Y-%m}"

    @property
    def is_later(self) -> bool:
        """Whether the position is of a later day than the period ends on."""
        return self.as_of_on > self.ends_on

    @property
    def title(self) -> str:
        """The month as people name it: March 2026."""
        return f"{calendar.month_name[self.starts_on.month]} {self.starts_on.year}"


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, read-only, unable to reach any other file; their schema is searched
    first.

    Raises:
        TieoutError: nothing is published, or it was published by a version that had no bridge or no controls.
    """
    if not settings.marts.exists():
        raise TieoutError(f"nothing is published in {settings.output}", RUN_FIRST)
    with opened(settings.marts) as connection:
        if missing := [name for name in NEEDED if not has(connection, name)]:
            raise TieoutError(
                f"{settings.marts} was published without {', '.join(missing)}",
                "run `tieout build` and `tieout publish`",
            )
        for table, (column, lacking) in COLUMNS.items():
            if not has_column(connection, table, column):
                raise TieoutError(
                    f"{settings.marts} was published by an earlier version, {lacking}",
                    "run `tieout build` and `tieout publish`",
                )
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One published file, read-only; temporary tables are its own."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        connection.execute("set schema = 'marts'")
        connection.execute("set enable_external_access = false")
        yield connection
    finally:
        connection.close()


def position(
    settings: Settings, connection: duckdb.DuckDBPyConnection, period: date | None
) -> Position:
    """The position that is published, told for `period` (any day of its month), or for the
    position's own month.

    Raises:
        TieoutError: nothing happened in that month yet.
    """
    record = _record(settings.published / "run.json")
    (as_of_on, first_on) = one(
        connection,
        """
        select
            (select max(as_of_on) from fct_control_results where is_latest),
            (select min(event_on) from fct_stage_events)
        """,
    )
    if as_of_on is None or first_on is None:
        raise TieoutError(
            "what is published holds no events", "land something and run `tieout run`"
        )
    chosen = period or as_of_on
    starts_on = chosen.replace(day=1)
    ends_on = starts_on.replace(day=calendar.monthrange(starts_on.year, starts_on.month)[1])
    if not first_on.replace(day=1) <= starts_on <= as_of_on:
        raise TieoutError(
            f"there is nothing to tell of {starts_on:%Y-%m}",
            f"choose a month from {first_on:%Y-%m} to {as_of_on:%Y-%m}, or build a later position",
        )
    currency = record.get("reporting_currency") or reporting_currency()
    return Position(
        record.get("run_id", ""), as_of_on, starts_on, min(ends_on, as_of_on), currency, record
    )


def has(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a mart of that name is published."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?", [name]
        ).fetchall()
    )


def has_column(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether a published mart has a column; one that an earlier version published may lack it."""
    return bool(
        connection.execute(
            "select 1 from duckdb_columns() where schema_name = 'marts' and table_name = ? and column_name = ?",
            [table, column],
        ).fetchall()
    )


def rows(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    values: Sequence[object] | Mapping[str, object] = (),
) -> list[dict[str, Any]]:
    """The rows of a query by column name; amounts are `Decimal`, never float."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    values: Sequence[object] | Mapping[str, object] = (),
) -> tuple[Any, ...]:
    """The only row of a query."""
    return tuple(connection.execute(sql, values).fetchall()[0])


def _record(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record
