"""The controls page: the register with status, population, trend, and each control's rule in words
and in SQL."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.pack.marts import rows
from tieout.settings import PROJECT


def gather(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Every control, what failed worst first."""
    controls = rows(
        connection,
        """
        select controls.*, results.status, results.population_count, results.population_amount,
            results.too_young_count, results.exception_count, results.waived_count, results.value_at_risk_amount,
            results.counted_amount, results.counted_loss_amount, results.counted_doubt_amount
        from fct_control_results as results
        inner join dim_control as controls on results.control_id = controls.control_id
        where results.is_latest
        order by list_position(['not_run', 'failed', 'no_population', 'not_due_yet', 'passed'], results.status),
            list_position(['fatal', 'high', 'medium', 'low'], controls.severity),
            results.counted_loss_amount desc, results.counted_amount desc, controls.control_id
        """,
    )
    weeks = _weeks(connection)
    runs = _runs(connection)
    for control in controls:
        control["sql"] = rule(control["control_id"])
        control["weeks"] = weeks.get(control["control_id"], [])
        control["runs"] = runs.get(control["control_id"], [])
        control["line"] = line([week["open_count"] for week in control["weeks"]])
    statuses: dict[str, int] = {}
    for control in controls:
        statuses[control["status"]] = statuses.get(control["status"], 0) + 1
    return {"controls": controls, "statuses": statuses}


def rule(control_id: str) -> str:
    """The model that finds a control's exceptions, as it stands in the project."""
    found = sorted((PROJECT / "models" / "controls").rglob(f"ctl_{control_id}.sql"))
    return found[0].read_text(encoding="utf-8") if found else ""


def line(numbers: list[int]) -> str:
    """The points of a line through some counts, 100 wide and 24 high; nothing for fewer than
    two."""
    if len(numbers) < 2:
        return ""
    top = max([*numbers, 1])
    step = 100 / (len(numbers) - 1)
    return " ".join(
        f"{place * step:.1f},{23 - 22 * number / top:.1f}" for place, number in enumerate(numbers)
    )


def _weeks(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    found = rows(
        connection,
        """
        select control_id, week_ends_on, sum(open_count)::bigint as open_count, sum(open_amount) as open_amount
        from fct_exception_trends group by control_id, week_ends_on order by control_id, week_ends_on
        """,
    )
    return _grouped(found)


def _runs(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    found = rows(
        connection,
        """
        select control_id, as_of_on, status, population_count, exception_count, counted_amount
        from fct_control_results order by control_id, as_of_on
        """,
    )
    return _grouped(found)


def _grouped(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault(row["control_id"], []).append(row)
    return grouped
