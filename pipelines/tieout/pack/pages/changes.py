"""What changed since the run that was published before this one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tieout.pack.answers import facts
from tieout.pack.marts import has, one, opened, rows
from tieout.pack.scope import STAGES
from tieout.settings import Settings

COUNTS = ("tie-outs that differ", "unresolved exceptions")
"""The figures that are numbers of things."""

ZERO = Decimal("0.00")

_LIVE = "status not in ('resolved', 'waived')"
_STAGE_SUMS = """
    select
        coalesce(sum(reporting_amount) filter (stage = 'booked'), 0) as booked,
        coalesce(sum(reporting_amount) filter (stage in ('booked', 'change_order')), 0) as contracted,
        coalesce(sum(reporting_amount) filter (stage = 'delivered'), 0) as delivered,
        coalesce(sum(reporting_amount) filter (stage in ('invoiced', 'credited')), 0) as invoiced,
        coalesce(sum(reporting_amount) filter (stage = 'recognised'), 0) as recognised,
        coalesce(sum(reporting_amount) filter (stage = 'cash'), 0) as cash
    from fct_stage_events
"""


@dataclass(frozen=True)
class Figure:
    """One figure of both runs."""

    name: str
    before: Decimal
    now: Decimal
    is_count: bool = False

    @property
    def change(self) -> Decimal:
        """By how much it is more now."""
        return self.now - self.before


@dataclass(frozen=True)
class Restated:
    """A stage of a month that had ended when the run before was published, and is another now."""

    month: date
    stage: str
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        """By how much it is more now."""
        return self.now - self.before


@dataclass(frozen=True)
class Changes:
    """The run before, and what is different now; `turned` are controls whose status is another,
    `restated` the figures of months that had ended, the largest change first."""

    run_id: str
    as_of: str
    as_of_on: date
    figures: tuple[Figure, ...] = ()
    opened: tuple[dict[str, Any], ...] = ()
    closed: tuple[dict[str, Any], ...] = ()
    turned: tuple[dict[str, Any], ...] = field(default=())
    restated: tuple[Restated, ...] = ()

    def change_of(self, name: str) -> Decimal | None:
        """By how much a figure is more now; None where the run before did not have it."""
        return next((figure.change for figure in self.figures if figure.name == name), None)


def since_last_run(settings: Settings, connection: duckdb.DuckDBPyConnection) -> Changes | None:
    """The difference to the run that was published before; None where there is none to compare
    with."""
    folder = _previous(settings)
    if folder is None:
        return None
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    with opened(folder / "marts.duckdb") as before:
        if not all(
            has(before, name)
            for name in ("fct_stage_events", "fct_exceptions", "fct_control_results")
        ):
            return None
        old_figures, old_live, old_status = _figures(before), _exceptions(before), _statuses(before)
        old_as_of_on, old_months = _as_of_on(before), _months(before)
    new_figures, new_live, new_status = (
        _figures(connection),
        _exceptions(connection),
        _statuses(connection),
    )
    return Changes(
        run_id=record["run_id"],
        as_of=record.get("as_of") or "",
        as_of_on=old_as_of_on,
        figures=tuple(
            Figure(name, old_figures[name], amount, name in COUNTS)
            for name, amount in new_figures.items()
            if name in old_figures
        ),
        opened=tuple(row for key, row in new_live.items() if key not in old_live),
        closed=tuple(row for key, row in old_live.items() if key not in new_live),
        turned=tuple(
            {"control_id": control, "before": old_status.get(control, "–"), "now": status}
            for control, status in new_status.items()
            if old_status.get(control) != status
        ),
        restated=restated(
            old_months, _months(connection), min(old_as_of_on, _as_of_on(connection))
        ),
    )


def _previous(settings: Settings) -> Path | None:
    now = settings.published.resolve().name
    older = [
        path for path in settings.output.glob("published.*") if path.is_dir() and path.name < now
    ]
    runs = sorted(
        path for path in older if (path / "marts.duckdb").exists() and (path / "run.json").exists()
    )
    return runs[-1] if runs else None


def _figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    sums = dict(zip(STAGES, one(connection, _STAGE_SUMS), strict=True))
    (number, counted) = one(
        connection,
        f"select count(*), coalesce(sum(counted_amount), 0) from fct_exceptions where {_LIVE}",
    )
    sums |= facts.figures(connection)
    return {**sums, "value at risk": counted, "unresolved exceptions": Decimal(number)}


def _as_of_on(connection: duckdb.DuckDBPyConnection) -> date:
    (found,) = one(connection, "select max(as_of_on) from fct_control_results where is_latest")
    return found if isinstance(found, date) else date.min


def _months(connection: duckdb.DuckDBPyConnection) -> dict[tuple[date, str], Decimal]:
    """What each stage amounts to in each month."""
    found = connection.execute(
        """
        select date_trunc('month', event_on)::date, if(stage = 'credited', 'invoiced', stage) as stage,
            sum(reporting_amount)
        from fct_stage_events where reporting_amount is not null group by 1, 2
        """
    ).fetchall()
    return {(month, stage): amount for month, stage, amount in found}


def restated(
    before: dict[tuple[date, str], Decimal], now: dict[tuple[date, str], Decimal], until: date
) -> tuple[Restated, ...]:
    """The figures that are others now, of months that had ended on the day `until`."""
    found = [
        Restated(month, stage, before.get((month, stage), ZERO), now.get((month, stage), ZERO))
        for month, stage in {**before, **now}
        if (month + timedelta(days=31)).replace(day=1) <= until + timedelta(days=1)
    ]
    changed = [one for one in found if one.change]
    return tuple(sorted(changed, key=lambda one: (-abs(one.change), one.month, one.stage)))


def _exceptions(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    found = rows(
        connection,
        f"""
        select exception_key, control_id, entity, entity_id, owner, counted_amount
        from fct_exceptions where {_LIVE} order by counted_amount desc, exception_key
        """,
    )
    return {row["exception_key"]: row for row in found}


def _statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(
        connection.execute(
            "select control_id, status from fct_control_results where is_latest order by control_id"
        ).fetchall()
    )
