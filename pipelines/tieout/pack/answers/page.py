"""The first page's answers: each with its figure, its change, a small trend, and the page behind
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from markupsafe import Markup

from tieout.pack import trends
from tieout.pack.answers import earning, facts, standing
from tieout.pack.marts import Position
from tieout.pack.pages.changes import COUNTS, Changes

LIVE = facts.LIVE

# Each figure's amount by month; of what is unresolved, by the month from which it could be found.
_TRENDS = {
    "tie-outs that differ": (
        "what differs, by the month from which it could be found",
        f"""
        select date_trunc('month', found_from_on)::date, sum(value_at_risk_amount)
        from fct_exceptions
        where {LIVE} and found_from_on is not null
            and control_id in (select control_id from fct_control_results where {facts.TIE_OUTS})
        group by 1
        """,
    ),
    "loss": (
        "the loss, by the month from which it could be found",
        f"""
        select date_trunc('month', found_from_on)::date, sum(counted_loss_amount)
        from fct_exceptions where {LIVE} and found_from_on is not null group by 1
        """,
    ),
    "realised margin": (
        "the realised margin of each month",
        "select month, sum(realised_margin_amount) from fct_job_margin_monthly group by 1",
    ),
    "ready to bill": (
        "what is not billed, by the month of its delivery",
        """
        select date_trunc('month', coalesce(from_on, to_on))::date, sum(difference_amount)
        from fct_bridge where gap = 'delivered_to_invoiced'
            and reason in ('within_billing_window', 'past_billing_window')
        group by 1
        """,
    ),
    "past due": (
        "what is past due, by the month in which it was due",
        """
        select date_trunc('month', due_on)::date, sum(open_amount)
        from fct_receivables where days_overdue >= 1 and due_on is not null group by 1
        """,
    ),
    "entered after closing": (
        "what was entered after closing, by the month of its entry",
        f"""
        select date_trunc('month', occurred_on)::date, sum(value_at_risk_amount)
        from fct_exceptions where control_id = '{facts.CLOSED}' and {LIVE} group by 1
        """,
    ),
}


@dataclass(frozen=True)
class Shown:
    """One figure: what it is, its amount or number, its change, and how it went."""

    name: str
    value: Decimal | None
    change: Decimal | None
    is_count: bool
    says: str
    bars: list[trends.Bar]


@dataclass(frozen=True)
class Answer:
    """A question, the sentence that answers it, its figures, and where the page behind it is."""

    question: str
    address: str
    sentence: Markup
    figures: tuple[Shown, ...]


def answers(
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    tied: facts.Tied,
    changes: Changes | None,
    owner_pages: Mapping[str, str],
) -> list[Answer]:
    """The questions in the order in which they are asked."""
    known = facts.figures(connection)
    lost, billing = facts.lost(connection), facts.billing(connection)

    def shown(name: str) -> Shown:
        says, sql = _TRENDS[name]
        return Shown(
            name,
            known.get(name),
            None if changes is None else changes.change_of(name),
            name in COUNTS,
            says,
            trends.recent(connection, sql, at.as_of_on),
        )

    return [
        Answer(
            "Did it tie?",
            "#ties",
            standing.tied(tied, at.currency),
            (shown("tie-outs that differ"),),
        ),
        Answer(
            "What was lost, and who acts on it?",
            "exceptions.html",
            standing.lost(lost, at.currency, owner_pages),
            (shown("loss"),),
        ),
        Answer(
            "What was earned, and why not what was quoted?",
            "margin.html",
            earning.earned(facts.earned(connection), at.currency),
            (shown("realised margin"),),
        ),
        Answer(
            "What is ready to bill, and what is past due?",
            "receivables.html",
            earning.ready(billing, at.currency) + " " + earning.due(billing, at.currency),
            (shown("ready to bill"), shown("past due")),
        ),
        Answer(
            "What changed since the last close?",
            f"controls.html#{facts.CLOSED}",
            standing.changed(facts.closed(connection), changes, at.currency),
            (shown("entered after closing"),),
        ),
    ]
