"""The controls and exceptions as a person sees them: tables, one exception in full, and
decisions."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from tieout import console
from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.findings.controls import (
    SEVERITIES,
    ControlResult,
    Filter,
    evidence,
    exception,
    exceptions,
    failing,
    results,
)
from tieout.findings.decisions import SEED, Decision, write
from tieout.settings import Settings
from tieout.shapes import listed
from tieout.trace.raw import Record, opened

SHOWN = 40
"""So many exceptions fit a terminal; a spreadsheet or a program gets them all."""


def controls_step(settings: Settings, fail_on: str | None, shape: str = "table") -> None:
    """Prints what every control found, or writes it for a spreadsheet or a program.

    Raises:
        TieoutError: `fail_on` is no severity; a control of that severity or worse failed; or one did not run.
    """
    if fail_on is not None and fail_on not in SEVERITIES:
        raise TieoutError(f"{fail_on} is no severity", f"choose one of {', '.join(SEVERITIES)}")
    found = results(settings)
    written = listed(
        [asdict(result) for result in found], [field.name for field in fields(ControlResult)], shape
    )
    rows = [
        [
            r.control_id,
            r.severity,
            r.status,
            r.population_count,
            r.too_young_count,
            r.exception_count,
            r.waived_count,
            _money(r.loss_amount),
            _money(r.doubt_amount),
        ]
        for r in found
    ]
    if not written:
        headers = [
            "control",
            "severity",
            "status",
            "examined",
            "too young",
            "found",
            "waived",
            "loss",
            "doubt",
        ]
        console.table("Controls", headers, rows)
    stops = failing(found, fail_on) if fail_on else [r for r in found if r.status == "not_run"]
    if stops:
        named = ", ".join(f"{r.control_id} ({r.status}, {r.exception_count})" for r in stops)
        raise TieoutError(
            f"{len(stops)} controls stop this: {named}", "see `tieout exceptions --control NAME`"
        )


def list_step(settings: Settings, wanted: Filter, limit: int | None, shape: str = "table") -> None:
    """Prints the exceptions that are asked for, or writes them for a spreadsheet or a program."""
    rows, total, columns = exceptions(
        settings, wanted, limit or (SHOWN if shape == "table" else None)
    )
    if listed(rows, columns, shape):
        return
    if not total:
        console.say("nothing is open" if wanted == Filter() else "nothing is like that")
        return
    cells = [
        [
            row["exception_key"][:8],
            row["control_id"],
            row["status"],
            row["owner"],
            row["entity_label"],
            row["age_days"],
            _money(row["loss_amount"]),
            _money(row["doubt_amount"]),
            _money(row["counted_amount"]),
        ]
        for row in rows
    ]
    headers = ["key", "control", "status", "owner", "record", "days", "loss", "doubt", "counted"]
    console.table(f"{len(rows)} of {total} exceptions", headers, cells)
    console.next_step("tieout exceptions show KEY")


def show_step(settings: Settings, key: str) -> None:
    """Prints one exception in full, down to the raw records."""
    found, following = exception(settings, key)
    console.table(f"{found['control_id']}: {found['entity_label']}", ["", ""], _about(found))
    console.table("Evidence", ["figure", "value"], evidence(found["evidence"]))
    if following:
        rows = [
            [f["control_id"], f["entity_label"], _money(f["value_at_risk_amount"])]
            for f in following
        ]
        console.table("What follows from it", ["control", "record", "at risk"], rows)
    with opened(settings.raw) as raw:
        subject = Record(found["source_system"], found["entity"], found["entity_id"])
        records = raw.of_subject(subject) if raw else []
    for record in records:
        cells = [
            [name, value] for name, value in record.items() if value is not None and name != "table"
        ]
        console.table(f"As it arrived: {record['table']}", ["column", "value"], cells)
    if not records:
        console.say("no raw record has this id: the evidence above is of several records")
    console.say(f"Its whole chain: tieout trace exception:{found['exception_key'][:8]}")
    console.next_step(
        f"tieout exceptions decide {found['exception_key'][:8]} --acknowledge --reason …"
    )


def decide_step(
    settings: Settings,
    key: str,
    reason: str,
    acknowledge: bool,
    waive: bool,
    until: date | None,
    approved_by: str | None,
    by: str | None,
) -> None:
    """Writes the decision to the seed.

    Raises:
        TieoutError: no exception has that key, not exactly one decision is given, or it cannot be decided so.
    """
    if acknowledge == waive:
        raise TieoutError("there is one decision at a time", "give either --acknowledge or --waive")
    found, _ = exception(settings, key)
    decision = "acknowledged" if acknowledge else "waived"
    today = date.today()  # noqa: DTZ011 - people decide by their own calendar
    decided_on = max(found["last_seen_at"].date(), found["first_seen_at"].date())
    # A company that lives in the past, as the demo does, decides on its own day.
    decided_on = min(today, decided_on) if decided_on < today else today
    made = Decision(
        found["exception_key"],
        decision,
        reason,
        by or getpass.getuser(),
        approved_by,
        decided_on,
        until,
    )
    seed = home().seed(SEED)
    write(made, seed)
    console.say(f"{found['control_id']} {found['entity_label']} is {decision}, in {seed}")
    console.next_step("commit the seed, then tieout build")


def _about(found: Mapping[str, Any]) -> list[list[object]]:
    similar = found["similar_resolved_count"]
    before = (
        f"{similar} like it were resolved ({found['similar_resolved_customer_count']} of this customer), "
        f"after {found['similar_resolved_days']} days"
        + (f": {found['similar_resolution']}" if found["similar_resolution"] else "")
        if similar
        else "nothing like it was resolved before: no suggestion rests on experience"
    )
    seen = f"{found['first_seen_at']:%Y-%m-%d} to {found['last_seen_at']:%Y-%m-%d}"
    rows: list[list[object]] = [
        ["key", found["exception_key"]],
        ["status", found["status"]],
        ["severity", found["severity"]],
        ["owner", f"{found['owner']} ({found['owner_role']})"],
        ["record", f"{found['source_system']} {found['entity']} {found['entity_id']}"],
        ["of", found["occurred_on"]],
        ["could be found from", f"{found['found_from_on']}, {found['age_days']} days"],
        ["seen", f"{seen}, {found['days_since_first_seen']} days"],
        ["came back", f"{found['times_reopened']} times"],
        ["expected", _money(found["expected_amount"])],
        ["actual", _money(found["actual_amount"])],
        [
            "at risk",
            f"{_money(found['value_at_risk_amount'])} ({_money(found['document_amount'])} {found['currency']})",
        ],
        ["of this loss, doubt", f"{_money(found['loss_amount'])}, {_money(found['doubt_amount'])}"],
        [
            "counted",
            f"{_money(found['counted_amount'])}, of this {_money(found['counted_loss_amount'])} loss",
        ],
        ["cause", found["cause"]],
        ["what to do", found["suggested_action"]],
        ["before", before],
    ]
    if found["root_exception_key"]:
        rows.append(["follows from", found["root_exception_key"]])
    if found["decision"]:
        said = f"{found['decision']} ({found['decision_standing']}) by {found['decided_by']} on {found['decided_on']}"
        rows.append(["decision", f"{said}: {found['decision_reason']}"])
    return rows


def _money(amount: object) -> str:
    return "–" if amount is None else f"{amount:,.2f}"
