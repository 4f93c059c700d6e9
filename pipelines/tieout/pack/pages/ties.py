"""Does everything tie: each law and tie-out with both of its figures, read again from what is
published."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import duckdb

from tieout.findings.bridge import GAPS
from tieout.pack.marts import Position, one, rows
from tieout.settings import PROJECT

# The stages on either side of each gap, as the seed `bridge_sides` has them.
_SIDES = {
    "booked": ("booked",),
    "contracted": ("booked", "change_order"),
    "delivered": ("delivered",),
    "invoiced": ("invoiced", "credited"),
    "cash": ("cash",),
    "recognised": ("recognised",),
}


@dataclass(frozen=True)
class Tie:
    """Two figures that must be the same; `difference` is the first less the second."""

    name: str
    sentence: str
    left_name: str
    left: Decimal
    right_name: str
    right: Decimal

    @property
    def difference(self) -> Decimal:
        """What is between them: nothing, where the law holds."""
        return self.left - self.right

    @property
    def holds(self) -> bool:
        """Whether the two are the same, to the cent."""
        return self.difference == 0


def laws(connection: duckdb.DuckDBPyConnection) -> list[Tie]:
    """What a build must prove before it is published, computed again from the published marts."""
    found = [_gap(connection, gap, *stages) for stages, gap in GAPS.items()]
    (monthly, pieces) = one(
        connection,
        "select (select coalesce(sum(difference_amount), 0) from fct_bridge_monthly),"
        " (select coalesce(sum(difference_amount), 0) from fct_bridge)",
    )
    found.append(
        Tie(
            "The months add up to the pieces",
            "Every piece of the bridge is in a month, once.",
            "by month",
            monthly,
            "by piece",
            pieces,
        )
    )
    (by_job, by_event) = one(
        connection,
        """
        select
            (select coalesce(sum(contracted_amount + delivered_amount + invoiced_amount + credited_amount
                + recognised_amount + cash_amount), 0) from fct_quote_to_cash),
            (select coalesce(sum(reporting_amount), 0) from fct_stage_events where stage <> 'cost')
        """,
    )
    found.append(
        Tie(
            "The jobs add up to what happened",
            "Every event of the six stages counts in one job and product.",
            "by job",
            by_job,
            "by event",
            by_event,
        )
    )
    (events, keys) = one(
        connection, "select count(*), count(distinct event_key) from fct_stage_events"
    )
    found.append(
        Tie(
            "Nothing counts twice",
            "Each thing that happened is one event.",
            "events",
            Decimal(events),
            "different ones",
            Decimal(keys),
        )
    )
    return found


def tie_outs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The controls that hold our figures against the ledger's and the sources' own, with what is
    between them.

    A difference is not an error of the build: the documents that make it up are named, one
    exception each.
    """
    return rows(
        connection,
        """
        select results.control_id, controls.title, controls.why_it_matters, results.status, results.population_count,
            results.exception_count, results.value_at_risk_amount as difference_amount
        from fct_control_results as results
        inner join dim_control as controls on results.control_id = controls.control_id
        where results.is_latest and (results.family = 'ledger' or results.control_id = 'landed_incomplete')
        order by list_position(['not_run', 'failed', 'no_population', 'not_due_yet', 'passed'], results.status),
            results.value_at_risk_amount desc, results.control_id
        """,
    )


def standing(tie_outs: list[dict[str, Any]], *statuses: str) -> list[dict[str, Any]]:
    """Those of these statuses: one without a population neither ties nor differs."""
    return [tie for tie in tie_outs if tie["status"] in statuses]


def losses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Where the loss lies, as a sum that ends at the loss of the controls: each line says what it
    adds and what it is.

    Loss lies in pieces that the bridge calls leakage, each counted once, or outside the bridge by
    definition.
    """
    (leakage, loss, inside) = one(
        connection,
        """
        select
            (select coalesce(sum(abs(difference_amount)), 0) from fct_bridge where gap_class = 'leakage'),
            (select coalesce(sum(counted_loss_amount), 0) from fct_control_results where is_latest),
            (select coalesce(sum(results.counted_loss_amount), 0)
                from fct_control_results as results inner join dim_control as controls using (control_id)
                where results.is_latest and controls.outside_bridge is null)
        """,
    )
    outside = rows(
        connection,
        """
        select controls.outside_bridge as name, sum(results.counted_loss_amount) as amount
        from fct_control_results as results inner join dim_control as controls using (control_id)
        where results.is_latest and controls.outside_bridge is not null
        group by controls.outside_bridge order by controls.outside_bridge
        """,
    )
    lines = [
        {"name": "Leakage in the bridge", "amount": leakage, "is_sum": True},
        {
            "name": "Leakage that no control counts as loss",
            "amount": inside - leakage,
            "is_sum": False,
        },
        {"name": "Loss in the bridge", "amount": inside, "is_sum": True},
    ]
    lines += [
        {"name": f"Outside the bridge: {line['name']}", "amount": line["amount"], "is_sum": False}
        for line in outside
    ]
    return [*lines, {"name": "Loss", "amount": loss, "is_sum": True}]


def tested(at: Position) -> list[dict[str, str]]:
    """The law tests that ran over the build before it was published, as the publication recorded
    them.

    Those that are files of the project have a name in words and their own first sentence. The rest
    hold one model each: they are one line, and one more for each that did not pass.
    """
    recorded: dict[str, str] = at.record.get("laws") or {}
    files = {path.stem: path for path in (PROJECT / "tests" / "singular").rglob("*.sql")}
    told = [
        {
            "name": name.removeprefix("law_").replace("_", " ").capitalize(),
            "status": status,
            "sentence": _sentence(files[name]),
        }
        for name, status in sorted(recorded.items())
        if name in files
    ]
    others = {name: status for name, status in sorted(recorded.items()) if name not in files}
    broken = [
        {"name": name, "status": status, "sentence": ""}
        for name, status in others.items()
        if status != "pass"
    ]
    if passed := len(others) - len(broken):
        sentence = "What each of them says is in dbt's docs."
        told.append(
            {"name": f"{passed} tests of single models", "status": "pass", "sentence": sentence}
        )
    return broken + told


def _sentence(path: Path) -> str:
    """What a test's file says first about it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = takewhile(
        lambda line: line.startswith("--"), dropwhile(lambda line: not line.startswith("--"), lines)
    )
    text = " ".join(line.removeprefix("--").strip() for line in said).removeprefix("What this is: ")
    return text[:1].upper() + text[1:].partition(". ")[0].rstrip(".") + "."


def _gap(connection: duckdb.DuckDBPyConnection, gap: str, first: str, last: str) -> Tie:
    (explained, between) = one(
        connection,
        """
        select
            (select coalesce(sum(difference_amount), 0) from fct_bridge where gap = ?),
            (select coalesce(sum(case when stage in (select unnest(?)) then reporting_amount else 0 end), 0)
                - coalesce(sum(case when stage in (select unnest(?)) then reporting_amount else 0 end), 0)
            from fct_stage_events)
        """,
        [gap, list(_SIDES[first]), list(_SIDES[last])],
    )
    return Tie(
        f"From {first} to {last}",
        "What the reasons add up to is what is between the two stages: there is no plug row.",
        "explained",
        explained,
        "to explain",
        between,
    )
