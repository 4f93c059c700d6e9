"""How it went: the stages month by month, and what was unresolved week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from tieout.pack.marts import Position, rows
from tieout.pack.scope import STAGES

MONTHS = 18
"""So many months end with the one that is told: a year, and the half before it."""

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Bar:
    """One bar of a chart a hundred wide and a hundred high; numbers only place it, what is read is
    the amount."""

    label: str
    amount: Decimal | int
    x: float
    y: float
    width: float
    height: float


def by_month(connection: duckdb.DuckDBPyConnection, at: Position) -> dict[str, Any]:
    """The months that end with the period, and each stage's amounts in them; a month without any is
    nothing, and none is older than the first event."""
    found = {
        (month, stage): amount
        for month, stage, amount in connection.execute(
            "select month, stage, sum(amount) from pack_stages group by month, stage"
        ).fetchall()
    }
    first = min((month for month, _ in found), default=at.starts_on)
    months = [month for month in _months_until(at.starts_on) if month >= first]
    return {
        "months": months,
        "stages": {
            stage: [found.get((month, stage), ZERO) for month in months] for stage in STAGES
        },
    }


def by_week(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What was open at the end of each week, and what was opened and resolved in it. Nothing where
    there is one week only: that is no trend."""
    found = rows(
        connection,
        """
        select week_ends_on, sum(open_count)::bigint as open_count, sum(open_amount) as open_amount,
            sum(opened_count + reopened_count)::bigint as opened_count, sum(resolved_count)::bigint as resolved_count
        from fct_exception_trends group by week_ends_on order by week_ends_on
        """,
    )
    return found if len(found) > 1 else []


def by_month_found(
    connection: duckdb.DuckDBPyConnection, as_of_on: date
) -> list[tuple[str, int, Decimal]]:
    """What is unresolved by the month from which it could be found: (month, exceptions, counted).

    What is older than the first month shown is one entry before it.
    """
    months = _months_until(as_of_on.replace(day=1))
    found = {month: (number, amount) for month, number, amount in connection.execute(
        """
        select greatest(date_trunc('month', found_from_on)::date, $before), count(*), sum(counted_amount)
        from fct_exceptions
        where status in ('open', 'reopened', 'acknowledged') and found_from_on is not null
        group by 1
        """,
        {"before": _before(months[0])},
    ).fetchall()}  # fmt: skip
    told = [(_named(month), *found.get(month, (0, ZERO))) for month in months]
    if earlier := found.get(_before(months[0])):
        told.insert(0, (f"before {_named(months[0])}", *earlier))
    while told and told[0][1] == 0:
        told.pop(0)
    return told


def recent(
    connection: duckdb.DuckDBPyConnection, sql: str, last: date, values: Sequence[object] = ()
) -> list[Bar]:
    """The bars of a query's (month, amount) over the months that end with the one of `last`.

    Those before the first amount are left out; nothing where that leaves one month: that is no trend.
    """
    found = dict(connection.execute(sql, values).fetchall())
    months = _months_until(last.replace(day=1))
    while months and not found.get(months[0]):
        months.pop(0)
    amounts = [found.get(month) or ZERO for month in months]
    return drawn([_named(month) for month in months], amounts) if len(months) > 1 else []


def drawn(labels: Sequence[str], amounts: Sequence[Decimal | int]) -> list[Bar]:
    """The bars of some amounts; what is negative hangs below the line."""
    numbers = [float(amount) for amount in amounts]
    top, low = max([*numbers, 0.0]), min([*numbers, 0.0])
    size, step = top - low or 1.0, 100 / max(len(amounts), 1)
    return [
        Bar(
            label,
            amount,
            round(place * step + step * 0.1, 2),
            round(100 * (top - max(number, 0.0)) / size, 2),
            round(step * 0.8, 2),
            round(100 * abs(number) / size, 2),
        )
        for place, (label, amount, number) in enumerate(zip(labels, amounts, numbers, strict=True))
    ]


def stage_bars(trend: dict[str, Any]) -> dict[str, list[Bar]]:
    """The bars of each stage, a month each."""
    labels = [_named(month) for month in trend["months"]]
    return {stage: drawn(labels, amounts) for stage, amounts in trend["stages"].items()}


def _months_until(last: date) -> list[date]:
    found = [last]
    while len(found) < MONTHS:
        found.insert(0, _before(found[0]))
    return found


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _named(month: date) -> str:
    return f"{month:%b %Y}"
