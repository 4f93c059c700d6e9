"""What the controls found, read from the published marts: never from a build that nobody has seen
hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from tieout.errors import TieoutError
from tieout.pack.marts import has_column
from tieout.remedies import RUN_FIRST
from tieout.settings import Settings

SEVERITIES = ("low", "medium", "high", "fatal")
LIVE = ("open", "reopened", "acknowledged", "waived")


@dataclass(frozen=True)
class ControlResult:
    """One control on the day of the position."""

    control_id: str
    severity: str
    status: str
    population_count: int
    too_young_count: int
    exception_count: int
    waived_count: int
    loss_amount: Decimal
    doubt_amount: Decimal


@dataclass(frozen=True)
class Filter:
    """Which exceptions are asked for; None asks for all."""

    control: str | None = None
    owner: str | None = None
    status: str | None = None
    severity: str | None = None
    job: str | None = None
    roots_only: bool = False


def results(settings: Settings) -> list[ControlResult]:
    """Every control's latest result: what failed worst first.

    Raises:
        TieoutError: nothing is published.
    """
    with _marts(settings) as marts:
        rows = marts.execute("""
            select control_id, severity, status, population_count, too_young_count, exception_count, waived_count,
                counted_loss_amount, counted_doubt_amount
            from marts.fct_control_results
            where is_latest
            order by list_position(['not_run', 'failed', 'no_population', 'not_due_yet', 'passed'], status),
                case severity when 'fatal' then 1 when 'high' then 2 when 'medium' then 3 else 4 end,
                counted_loss_amount desc, counted_amount desc, control_id
        """).fetchall()
    return [ControlResult(*row) for row in rows]


def failing(found: Sequence[ControlResult], fail_on: str) -> list[ControlResult]:
    """What CI stops at: controls of that severity or worse that failed, and every control that did
    not run."""
    threshold = SEVERITIES.index(fail_on)
    return [
        result
        for result in found
        if result.status == "not_run"
        or (result.status == "failed" and SEVERITIES.index(result.severity) >= threshold)
    ]


def exceptions(
    settings: Settings, wanted: Filter, limit: int | None
) -> tuple[list[dict[str, Any]], int, list[str]]:
    """The exceptions that are asked for, the largest first; how many there are in all; and their
    columns.

    Raises:
        TieoutError: nothing is published.
    """
    conditions, values = ["true"], []
    for column, value in (("control_id", wanted.control), ("severity", wanted.severity)):
        if value is not None:
            conditions.append(f"exceptions.{column} = ?")
            values.append(value)
    if wanted.owner is not None:
        conditions.append("contains(lower(exceptions.owner), lower(?))")
        values.append(wanted.owner)
    if wanted.job is not None:
        conditions.append("(jobs.job_id = ? or jobs.job_ref = ?)")
        values += [wanted.job, wanted.job]
    if wanted.roots_only:
        conditions.append("exceptions.root_exception_key is null")
    # What is gone or waived is shown to who asks for it.
    conditions.append(
        "exceptions.status = ?"
        if wanted.status
        else "exceptions.status not in ('resolved', 'waived')"
    )
    values += [wanted.status] if wanted.status else []
    source = f"""
        from marts.fct_exceptions as exceptions
        left join marts.dim_job as jobs on exceptions.job_key = jobs.job_key
        where {" and ".join(conditions)}
    """
    with _marts(settings) as marts:
        total = marts.execute(f"select count(*) {source}", values).fetchall()[0][0]
        cursor = marts.execute(
            f"""select exceptions.* {source}
                order by exceptions.counted_loss_amount desc, exceptions.counted_amount desc,
                    exceptions.value_at_risk_amount desc, exceptions.exception_key
                limit ?""",
            [*values, limit],
        )
        return _as_dicts(cursor), int(total), _columns(cursor)


def exception(settings: Settings, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One exception by its key, or by the beginning of it, and what follows from it.

    Raises:
        TieoutError: nothing is published, none has that key, or several begin with it.
    """
    with _marts(settings) as marts:
        rows = _as_dicts(
            marts.execute(
                "select * from marts.fct_exceptions where starts_with(exception_key, lower(?))",
                [key],
            )
        )
        if len(rows) != 1:
            cause = (
                f"no exception has the key {key}"
                if not rows
                else f"{len(rows)} exceptions have keys like {key}"
            )
            raise TieoutError(
                cause, "see `tieout exceptions` for the keys; eight letters are enough for most"
            )
        following = _as_dicts(
            marts.execute(
                """select control_id, entity_label, value_at_risk_amount from marts.fct_exceptions
                   where root_exception_key = ? and status <> 'resolved' order by 1, 2, exception_key""",
                [rows[0]["exception_key"]],
            )
        )
    return rows[0], following


def _as_dicts(cursor: Any) -> list[dict[str, Any]]:
    names = _columns(cursor)
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _columns(cursor: Any) -> list[str]:
    return [column[0] for column in cursor.description]


@contextmanager
def _marts(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    if not settings.marts.exists():
        raise TieoutError(f"nothing is published in {settings.output}", RUN_FIRST)
    with duckdb.connect(str(settings.marts), read_only=True) as connection:
        names = {
            row[0]
            for row in connection.execute("select table_name from duckdb_tables()").fetchall()
        }
        if "fct_exceptions" not in names:
            raise TieoutError(
                f"{settings.marts} was published without controls",
                "run `tieout build` and `tieout publish`",
            )
        if not has_column(connection, "fct_exceptions", "counted_loss_amount"):
            raise TieoutError(
                f"{settings.marts} was published by an earlier version, which did not tell loss from doubt",
                "run `tieout build` and `tieout publish`",
            )
        yield connection


def evidence(text: str) -> list[list[str]]:
    """Name and value of each figure and id, as the control wrote them: a number keeps each of its
    digits."""
    told: dict[str, Any] = json.loads(text, parse_float=str)
    return [[name, _written(value)] for name, value in told.items()]


def _written(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
