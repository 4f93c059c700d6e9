"""What the first page's answers rest on, read from a publication: this one, or the one before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from tieout.pack.marts import has, has_column, one, rows
from tieout.pack.pages import ties

LIVE = "status not in ('resolved', 'waived')"
READY = ("within_billing_window", "past_billing_window")
"""The reasons of work that was delivered and is not billed: still inside its window, and past it."""
TIE_OUTS = "(family = 'ledger' or control_id = 'landed_incomplete')"
"""The controls that hold our figures against the ledger's and the sources' own."""
CLOSED = "posted_to_closed_period"


@dataclass(frozen=True)
class TieOut:
    """One comparison with a ledger or a source that does not agree."""

    control_id: str
    title: str
    amount: Decimal
    documents: int


@dataclass(frozen=True)
class Tied:
    """The laws, and the comparisons: how many there are, which differ, which could not be made."""

    laws: int
    broken: tuple[str, ...]
    compared: int
    differing: tuple[TieOut, ...]
    empty: int
    not_run: int


@dataclass(frozen=True)
class Lost:
    """What the controls found: loss and doubt, each amount counted once, and who acts on the loss."""

    exceptions: int
    amount: Decimal
    doubt: Decimal
    not_run: int
    actors: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Earned:
    """The realised margin, what was quoted, and the effects between them, the largest first.

    Without any margin `realised` is None, without any plan `planned`.
    """

    realised: Decimal | None
    planned: Decimal | None
    value: Decimal
    effects: tuple[tuple[str, Decimal], ...]
    unplanned_jobs: int


@dataclass(frozen=True)
class Billing:
    """What is ready to bill and what is past due; `unrated` documents have no rate of exchange."""

    ready: Decimal
    late: Decimal
    pieces: int
    owed: Decimal
    overdue: Decimal
    documents: int
    days: int
    unrated: int


@dataclass(frozen=True)
class Closed:
    """What was entered into months that were closed; `entries` is None where no ledger says which
    are."""

    entries: int | None
    amount: Decimal


def tied(laws: list[ties.Tie], tie_outs: list[dict[str, Any]]) -> Tied:
    """Whether everything ties: the laws computed again, and each tie-out as its control found it."""
    differing = ties.standing(tie_outs, "failed")
    return Tied(
        len(laws),
        tuple(law.name for law in laws if not law.holds),
        len(differing) + len(ties.standing(tie_outs, "passed")),
        tuple(
            TieOut(t["control_id"], t["title"], t["difference_amount"], t["exception_count"])
            for t in differing
        ),
        len(ties.standing(tie_outs, "no_population", "not_due_yet")),
        len(ties.standing(tie_outs, "not_run")),
    )


def lost(connection: duckdb.DuckDBPyConnection) -> Lost:
    """Loss and doubt as the controls count them, and the owners of what is loss."""
    (amount, doubt, not_run) = one(
        connection,
        """
        select coalesce(sum(counted_loss_amount), 0), coalesce(sum(counted_doubt_amount), 0),
            count(*) filter (status = 'not_run')
        from fct_control_results where is_latest
        """,
    )
    actors = connection.execute(
        f"""
        select owner, sum(counted_loss_amount), count(*) from fct_exceptions
        where {LIVE} and counted_loss_amount > 0
        group by owner order by 2 desc, 1
        """
    ).fetchall()
    return Lost(
        sum(number for *_, number in actors),
        amount,
        doubt,
        not_run,
        tuple((owner, loss) for owner, loss, _ in actors),
    )


def earned(connection: duckdb.DuckDBPyConnection) -> Earned:
    """The company's realised and quoted margin, and what is between them."""
    (realised, planned, value, unplanned, rows_planned) = one(
        connection,
        """
        select sum(realised_margin_amount), sum(coalesce(planned_margin_amount, booked_amount)),
            coalesce(sum(realised_value_amount), 0),
            count(distinct job_key) filter (planned_margin_amount is null and job_key <> 'unknown'),
            count(planned_margin_amount)
        from fct_job_margin
        """,
    )
    effects = rows(
        connection,
        """
        select effect, sum(effect_amount) as amount from fct_margin_walk
        group by effect having sum(effect_amount) <> 0 order by abs(sum(effect_amount)) desc, effect
        """,
    )
    return Earned(
        realised,
        planned if rows_planned else None,
        value,
        tuple((row["effect"], row["amount"]) for row in effects),
        unplanned,
    )


def billing(connection: duckdb.DuckDBPyConnection) -> Billing:
    """Work that is delivered and not billed, and documents that are not paid when they were due."""
    (ready, late, pieces) = one(
        connection,
        """
        select coalesce(sum(difference_amount), 0),
            coalesce(sum(difference_amount) filter (reason = 'past_billing_window'), 0),
            count(*) filter (difference_amount <> 0)
        from fct_bridge where gap = 'delivered_to_invoiced' and reason in (select unnest(?))
        """,
        [list(READY)],
    )
    (owed, overdue, documents, days, unrated) = one(
        connection,
        """
        select coalesce(sum(open_amount), 0), coalesce(sum(open_amount) filter (days_overdue >= 1), 0),
            count(*) filter (days_overdue >= 1 and open_amount <> 0),
            coalesce(max(days_overdue) filter (open_amount <> 0), 0),
            count(*) filter (document_open_amount <> 0 and open_amount is null)
        from fct_receivables
        """,
    )
    return Billing(ready, late, pieces, owed, overdue, documents, days, unrated)


def closed(connection: duckdb.DuckDBPyConnection) -> Closed:
    """What was entered after its month was closed, as the control of that found it."""
    (examined,) = one(
        connection,
        """
        select coalesce(sum(population_count), 0) from fct_control_results
        where is_latest and control_id = ? and status <> 'not_run'
        """,
        [CLOSED],
    )
    (entries, amount) = one(
        connection,
        f"""
        select count(*), coalesce(sum(value_at_risk_amount), 0)
        from fct_exceptions where control_id = ? and {LIVE}
        """,
        [CLOSED],
    )
    return Closed(entries if examined else None, amount)


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    """The figure of each answer, by name; one that a publication cannot give is left out."""
    (differing,) = one(
        connection,
        f"select count(*) from fct_control_results where is_latest and status = 'failed' and {TIE_OUTS}",
    )
    found = {"tie-outs that differ": Decimal(differing)}
    # An earlier version's marts do not tell loss from doubt.
    if has_column(connection, "fct_control_results", "counted_loss_amount"):
        found["loss"] = lost(connection).amount
    if has(connection, "fct_job_margin"):
        realised = earned(connection).realised
        found |= {} if realised is None else {"realised margin": realised}
    if has(connection, "fct_bridge") and has(connection, "fct_receivables"):
        told = billing(connection)
        found |= {"ready to bill": told.ready, "past due": told.overdue}
    late = closed(connection)
    return found if late.entries is None else {**found, "entered after closing": late.amount}
