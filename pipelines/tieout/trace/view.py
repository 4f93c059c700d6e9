"""The trace as a person or a program reads it: tables, or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from tieout import console
from tieout.errors import TieoutError
from tieout.remedies import RUN_FIRST
from tieout.settings import Settings
from tieout.trace.chain import AMOUNTS, Chain, chain
from tieout.trace.raw import opened

FORMATS = ("table", "json")
SHOWN = 60
"""So many events or items of a kind fit a terminal; JSON has them all."""

LOG_COLUMNS = ("table", "_record_key", "_record_hash", "_version", "_updated_at", "_is_deleted")


def trace_step(settings: Settings, subject: str, shape: str, with_records: bool) -> None:
    """Prints the chain of what `subject` names.

    Raises:
        TieoutError: the format is none, nothing is published, or nothing or several things have that name.
    """
    if shape not in FORMATS:
        raise TieoutError(f"{shape} is no format", f"choose one of {', '.join(FORMATS)}")
    if not settings.marts.exists():
        raise TieoutError(f"nothing is published in {settings.output}", RUN_FIRST)
    with duckdb.connect(str(settings.marts), read_only=True) as marts, opened(settings.raw) as raw:
        told = chain(marts, subject, raw)
    if shape == "json":
        console.write_json(told)
        return
    if raw is None:
        console.say(f"there is no {settings.raw}: records are named, not shown")
    _show(told, with_records)


def _show(told: Chain, with_records: bool) -> None:
    subject = told["subject"]
    console.say(f"{subject['kind']} {subject['label']}")
    for job in told["jobs"]:
        _show_job(job["job"], job["identity"])
        _show_stages(job, with_records)
    loose = told["without_job"]
    if loose["stages"] or loose["exceptions"]:
        console.say("On no job:")
        _show_stages(loose, with_records)
    if not told["jobs"] and not loose["stages"]:
        console.say(
            "nothing of it counts in a stage: a deal that is not won, a draft, or what was left out on arrival"
        )
    if with_records:
        counted = {
            (event["source_system"], event["source_entity"], event["source_id"])
            for part in [*told["jobs"], loose]
            for stage in part["stages"]
            for event in stage["events"]
        }
        others = [record for job in told["jobs"] for record in job["job"]["records"]] + subject[
            "records"
        ]
        shown = {(r["source_system"], r["source_entity"], r["source_id"]): r for r in others}
        _show_records([record for key, record in shown.items() if key not in counted])
    if not with_records:
        console.next_step(
            f"tieout trace {subject['kind']}:{subject['text']} --records shows each record as it arrived"
        )


def _show_job(job: Mapping[str, Any], identity: list[dict[str, Any]]) -> None:
    rows: list[list[object]] = [
        [
            "job",
            f"{job['source_system']} {job.get('job_ref', job['job_id'])}",
        ],
        ["type, status", f"{job['job_type']}, {job['status']}"],
        ["customer", job["customer_name"]],
        ["owner", job.get("owner_name")],
    ]
    if "deal_id" in job:
        named = job.get("deal_name", job["deal_id"])
        rows.append(["deal", f"{job['deal_system']} {named}, won {job.get('won_on', '–')}"])
    if "contract_id" in job:
        terms = ", ".join(
            str(job[name]) for name in ("billing_rule", "billing_period") if name in job
        )
        since = f" from {job['contract_starts_on']}" if "contract_starts_on" in job else ""
        rows.append(["contract", f"{job['contract_system']}{since}: {terms}"])
    rows += [
        [
            f"known in {link['source_system']} as",
            f"{link['record_label']}: {link['match_rule']}, {link['match_status']}"
            + (f", probability {link['match_probability']}" if "match_probability" in link else ""),
        ]
        for link in identity
    ]
    console.table("Job", ["", ""], rows)


def _show_stages(told: Mapping[str, Any], with_records: bool) -> None:
    for stage in told["stages"]:
        events = stage["events"]
        gone = [event for event in events if event["is_taken_back"] and not event["is_subject"]]
        left = [event for event in events if event not in gone]
        rows = [_event_row(event) for event in left[:SHOWN]]
        rows += [_gone_row(gone)] if gone else []
        rows.append(["", "", "", "", "", _money(stage["reporting_amount"]), "together", ""])
        headers = [
            "on",
            "record",
            "what",
            "quantity",
            "document",
            "reporting",
            "valued by",
            "its job by",
        ]
        console.table(_counted(stage["stage"], len(left)), headers, rows)
        if with_records:
            _show_records([event["record"] for event in events[:SHOWN]])
    for gap in told["gaps"]:
        pieces = [[*_piece_row(piece)] for piece in gap["pieces"][:SHOWN]]
        pieces.append(["together", "", "", "", *(_money(gap[name]) for name in AMOUNTS)])
        headers = ["reason", "rule", "from", "to", "from amount", "to amount", "difference"]
        console.table(_counted(gap["gap"].replace("_", " "), len(gap["pieces"])), headers, pieces)
    if told["exceptions"]:
        rows = [
            [
                found["exception_key"][:8],
                found["control_id"],
                found["status"],
                found["entity_label"],
                _money(found["value_at_risk_amount"]),
                _money(found["counted_amount"]),
                found.get("cause"),
            ]
            for found in told["exceptions"]
        ]
        console.table(
            "Exceptions",
            ["key", "control", "status", "record", "at risk", "counted", "cause"],
            rows,
        )


def _event_row(event: Mapping[str, Any]) -> list[object]:
    link = event.get("job_match_rule")
    if link and "job_match_probability" in event:
        link = f"{link} ({event['job_match_probability']})"
    mark = "→ " if event["is_subject"] else ""
    return [
        event["event_on"],
        f"{mark}{event['source_system']} {event['entity_label']}",
        event.get("product_name"),
        f"{_short(event['quantity'])} {event.get('unit', '')}".strip()
        if "quantity" in event
        else None,
        f"{_money(event.get('document_amount'))} {event.get('currency', '')}".strip(),
        _money(event.get("reporting_amount")),
        event["valuation_rule"],
        link,
    ]


def _gone_row(events: Sequence[Mapping[str, Any]]) -> list[object]:
    """Accruals and what took them back, in one row: each pair is nothing in its own currency."""
    together = sum((Decimal(event.get("reporting_amount", 0)) for event in events), Decimal("0.00"))
    said = f"{len(events)} postings, accrued and taken back"
    row: list[object] = [events[-1]["event_on"], said, None, None, None]
    return [*row, _money(str(together)), events[-1]["valuation_rule"], None]


def _piece_row(piece: Mapping[str, Any]) -> list[object]:
    sides = [
        f"{piece[f'{side}_label']} {piece.get(f'{side}_on', '')}".strip()
        if f"{side}_label" in piece
        else None
        for side in ("from", "to")
    ]
    amounts = [_money(piece[name]) for name in AMOUNTS]
    return [f"{piece['reason']} ({piece['gap_class']})", piece.get("match_rule"), *sides, *amounts]


def _show_records(records: list[dict[str, Any]]) -> None:
    for record in records:
        for version in record["versions"]:
            cells = [[name, value] for name, value in version.items() if name not in LOG_COLUMNS]
            title = f"As it arrived: {version['table']} {record['source_id']}, version {version['_version']}"
            console.table(title, ["column", "value"], cells)


def _counted(name: str, count: int) -> str:
    title = name.replace("_", " ").capitalize()
    return title if count <= SHOWN else f"{title}: {SHOWN} of {count}, all in --format json"


def _money(amount: str | None) -> str:
    return "–" if amount is None else f"{Decimal(amount):,.2f}"


def _short(quantity: str) -> str:
    return quantity.rstrip("0").rstrip(".") if "." in quantity else quantity
