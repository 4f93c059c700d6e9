"""The first page: the answers, then the six stages and the margin, the walk between them, loss and
doubt, whether everything ties, what changed."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.findings.bridge import Leg
from tieout.pack import trends
from tieout.pack.answers import facts
from tieout.pack.answers.page import answers
from tieout.pack.marts import Position, one, rows
from tieout.pack.pages import exceptions, ties
from tieout.pack.pages.changes import since_last_run
from tieout.pack.scope import CLASSES, SCOPES, legs, stages
from tieout.settings import Settings

RESTATED = 12
"""So many changed figures of ended months are shown, the largest first."""


def gather(
    settings: Settings, connection: duckdb.DuckDBPyConnection, at: Position
) -> dict[str, Any]:
    """What the page shows; its `data` is what the chart draws."""
    walks = {scope: legs(connection, scope) for scope in SCOPES}
    trend = trends.by_month(connection, at)
    laws, tie_outs = ties.laws(connection), ties.tie_outs(connection)
    changes = since_last_run(settings, connection)
    owner_pages = {owner: exceptions.page_of(owner) for owner in exceptions.owners(connection)}
    return {
        "answers": answers(connection, at, facts.tied(laws, tie_outs), changes, owner_pages),
        "margin": _margin(connection, at),
        "stages": stages(connection),
        "scopes": SCOPES,
        "walks": walks,
        "classes": CLASSES,
        "by_class": {scope: [_by_class(leg) for leg in walk] for scope, walk in walks.items()},
        "families": _families(connection),
        "risk": _risk(connection),
        "losses": (losses := ties.losses(connection)),
        # The second line takes from the leakage what is no loss: what it adds would be loss of nothing.
        "loss_is_owned": losses[1]["amount"] <= 0,
        "laws": laws,
        "tie_outs": tie_outs,
        "tested": ties.tested(at),
        "changes": changes,
        "restated_shown": RESTATED,
        "trend_months": trends.MONTHS,
        "trend": trend,
        "bars": trends.stage_bars(trend),
        "data": {
            "walk": {scope: [_drawn(leg) for leg in walk] for scope, walk in walks.items()},
            "months": trend,
        },
    }


def _margin(connection: duckdb.DuckDBPyConnection, at: Position) -> dict[str, Any]:
    """The realised margin of the month and up to its end, and how it went."""
    (period, to_date) = one(
        connection,
        """
        select coalesce(sum(realised_margin_amount) filter (month = $month), 0),
            coalesce(sum(realised_margin_amount), 0)
        from fct_job_margin_monthly where month <= $month
        """,
        {"month": at.starts_on},
    )
    monthly = "select month, sum(realised_margin_amount) from fct_job_margin_monthly group by 1"
    return {
        "period": period,
        "to_date": to_date,
        "bars": trends.recent(connection, monthly, at.starts_on),
    }


def _by_class(leg: Leg) -> dict[str, Any]:
    """A gap with its steps gathered by class, each with what it adds on the way to the later
    stage."""
    classes = []
    for name in CLASSES:
        own = [step for step in leg.steps if step.gap_class == name]
        if own:
            amount = -sum(step.difference_amount for step in own)
            classes.append(
                {"name": name, "amount": amount, "pieces": sum(s.pieces for s in own), "steps": own}
            )
    return {"leg": leg, "classes": classes}


def _drawn(leg: Leg) -> dict[str, Any]:
    return {
        "gap": leg.gap,
        "from": [leg.from_stage, leg.from_amount],
        "to": [leg.to_stage, leg.to_amount],
        "classes": [
            {
                "name": entry["name"],
                "amount": entry["amount"],
                "reasons": [
                    [step.reason, -step.difference_amount, step.sentence] for step in entry["steps"]
                ],
            }
            for entry in _by_class(leg)["classes"]
        ],
    }


def _families(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Loss and doubt by family of controls, each amount counted once, at the root of what follows
    from it."""
    return rows(
        connection,
        """
        select family, count(*) as control_count, count(*) filter (status = 'failed') as failed_count,
            sum(exception_count)::bigint as exception_count, sum(counted_loss_amount) as loss_amount,
            sum(counted_doubt_amount) as doubt_amount
        from fct_control_results where is_latest
        group by family order by loss_amount desc, doubt_amount desc, family
        """,
    )


def _risk(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    (number, loss, doubt, controls, failed) = one(
        connection,
        """
        select coalesce(sum(exception_count), 0)::bigint, coalesce(sum(counted_loss_amount), 0),
            coalesce(sum(counted_doubt_amount), 0), count(*), count(*) filter (status = 'failed')
        from fct_control_results where is_latest
        """,
    )
    return {
        "exceptions": number,
        "loss": loss,
        "doubt": doubt,
        "controls": controls,
        "failed": failed,
    }
