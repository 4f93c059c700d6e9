"""What changed since the run that was published before this one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tieout.pack.marts import has, has_column, one, opened, rows
from tieout.pack.scope import STAGES
from tieout.settings import Settings

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
class Changes:
    """The run before, and what is different now; `turned` are controls whose status is another."""

    run_id: str
    as_of: str
    figures: tuple[Figure, ...] = ()
    opened: tuple[dict[str, Any], ...] = ()
    closed: tuple[dict[str, Any], ...] = ()
    turned: tuple[dict[str, Any], ...] = field(default=())


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
    new_figures, new_live, new_status = (
        _figures(connection),
        _exceptions(connection),
        _statuses(connection),
    )
    return Changes(
        run_id=record["run_id"],
        as_of=record.get("as_of") or "",
        figures=tuple(
            Figure(name, old_figures[name], amount, name == "unresolved exceptions")
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
    # An earlier version's marts do not tell loss from doubt.
    if has_column(connection, "fct_exceptions", "counted_loss_amount"):
        (loss,) = one(
            connection,
            f"select coalesce(sum(counted_loss_amount), 0) from fct_exceptions where {_LIVE}",
        )
        sums["loss"] = loss
    return {**sums, "value at risk": counted, "unresolved exceptions": Decimal(number)}


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
