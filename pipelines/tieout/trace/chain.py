"""The chain itself: deal lines, change orders, work, invoices, cash and journals of a job, and why
they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from tieout.trace.queries import EVENTS, EXCEPTIONS, JOBS, OF_JOBS, OF_RECORDS, PIECES
from tieout.trace.raw import RawLog, Record
from tieout.trace.subject import Subject, find

Chain = dict[str, Any]
"""Nothing but text, numbers without a fraction, booleans, lists and dicts: amounts are decimals as
text, days ISO."""

AMOUNTS = ("from_amount", "to_amount", "difference_amount")
STAGES = (
    "booked",
    "change_order",
    "delivered",
    "invoiced",
    "credited",
    "cash",
    "recognised",
    "cost",
)

ACCRUAL = "journal_accrual"
_CALLED = ("customer_name", "name")
"""What a source's own record of a customer calls it."""


def chain(
    marts: duckdb.DuckDBPyConnection, subject: str | Subject, raw: RawLog | None = None
) -> Chain:
    """The chains of every job that a subject touches, and what of it found no job.

    `subject` is what a person would type, or what `find` made of it. Keys: `subject`, `jobs` (each
    as `chains` gives it), `without_job` (`stages`, `pieces` and `exceptions` of the subject's own
    records on no job). Every event has `is_subject`; with `raw` every record that is named has its
    `versions`, as they arrived.

    Raises:
        TieoutError: nothing, or more than one thing, has that name.
    """
    meant = find(marts, subject, raw) if isinstance(subject, str) else subject
    own = {record: raw.of_subject(record) for record in meant.records} if raw else {}
    jobs = chains(marts, meant.job_keys, raw, meant)
    return {
        "subject": {
            "kind": meant.kind,
            "text": meant.text,
            "label": meant.label,
            "exception_key": meant.exception_key,
            "records": [_told_record(record, own) for record in sorted(meant.records)],
        },
        "jobs": [jobs[key] for key in meant.job_keys if key in jobs],
        "without_job": _without_job(marts, meant, raw),
    }


def chains(
    marts: duckdb.DuckDBPyConnection,
    job_keys: Sequence[str],
    raw: RawLog | None = None,
    subject: Subject | None = None,
) -> dict[str, Chain]:
    """The chain of each job, by its key, in a few queries however many there are.

    A chain has `job` (with its deal, contract and customer), `identity` (how each record became
    this customer), `stages` (in the walk's order: `stage`, `reporting_amount`, `events`), `gaps`
    (`gap`, its three amounts and the `pieces` that make them) and `exceptions`. Reporting amounts
    add up to the marts' to the cent.
    """
    keys = list(job_keys)
    jobs = _rows(marts, JOBS, [keys])
    events = _by_job(
        _rows(marts, EVENTS.format(wanted="", condition=OF_JOBS.format("events")), [keys])
    )
    pieces = _by_job(_rows(marts, PIECES.format(condition=OF_JOBS.format("bridge")), [keys]))
    exceptions = _by_job(
        _rows(marts, EXCEPTIONS.format(condition=OF_JOBS.format("exceptions")), [keys])
    )
    identity = _rows(
        marts,
        """select * from marts.xref_customer where customer_key in (select unnest(?)) and customer_key <> 'unknown'
           order by source_system, source_entity, source_id""",
        [sorted({str(job["customer_key"]) for job in jobs})],
    )
    customers = [
        Record(link["source_system"], link["source_entity"], link["source_id"]) for link in identity
    ]
    of_events = [_record(event) for of_job in events.values() for event in of_job]
    versions = _versions(
        raw, [*of_events, *customers, *(record for job in jobs for record in _job_records(job))]
    )
    own = subject.records if subject else frozenset()
    told: dict[str, Chain] = {}
    for job in jobs:
        key = str(job["job_key"])
        told[key] = {
            "job": _told_job(job, versions),
            "identity": [
                {**_plain(row), "record_label": _called(record, versions)}
                for row, record in zip(identity, customers, strict=True)
                if row["customer_key"] == job["customer_key"]
            ],
            **_told(events[key], pieces[key], versions, own),
            "exceptions": [_plain(row) for row in exceptions[key]],
        }
    return told


def _by_job(rows: Iterable[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    grouped: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[str(row["job_key"])].append(row)
    return grouped


def _without_job(marts: duckdb.DuckDBPyConnection, subject: Subject, raw: RawLog | None) -> Chain:
    records = sorted(subject.records)
    sql = EVENTS.format(wanted=OF_RECORDS, condition="events.job_key = 'unknown'")
    events = _rows(marts, sql, [[record[place] for record in records] for place in range(3)])
    keys = [event["event_key"] for event in events]
    condition = """bridge.job_key = 'unknown'
        and (bridge.from_event_key in (select unnest(?)) or bridge.to_event_key in (select unnest(?)))"""
    pieces = _rows(marts, PIECES.format(condition=condition), [keys, keys])
    condition = "exceptions.exception_key = ? and exceptions.job_key = 'unknown'"
    exceptions = _rows(marts, EXCEPTIONS.format(condition=condition), [subject.exception_key])
    versions = _versions(raw, map(_record, events))
    told = _told(events, pieces, versions, subject.records)
    return {**told, "exceptions": [_plain(row) for row in exceptions]}


def _told(
    events: Sequence[Mapping[str, Any]],
    pieces: Sequence[Mapping[str, Any]],
    versions: Mapping[Record, list[dict[str, Any]]],
    own: frozenset[Record],
) -> Chain:
    stages = []
    gone = taken_back(events)
    for stage in STAGES:
        of_stage = [event for event in events if event["stage"] == stage]
        if of_stage:
            stages.append(
                {
                    "stage": stage,
                    "reporting_amount": _sum(event["reporting_amount"] for event in of_stage),
                    "events": [
                        {
                            **_told_event(event, versions, own),
                            "is_taken_back": event["event_key"] in gone,
                        }
                        for event in of_stage
                    ],
                }
            )
    by_gap = defaultdict(list)
    for piece in pieces:
        by_gap[piece["gap"]].append(piece)
    gaps = [
        {
            "gap": gap,
            **{name: _sum(piece[name] for piece in of_gap) for name in AMOUNTS},
            "pieces": [_plain(piece) for piece in of_gap],
        }
        for gap, of_gap in by_gap.items()
    ]
    return {"stages": stages, "gaps": gaps}


def _told_event(
    event: Mapping[str, Any],
    versions: Mapping[Record, list[dict[str, Any]]],
    own: frozenset[Record],
) -> dict[str, Any]:
    record = _record(event)
    return {**_plain(event), "is_subject": record in own, "record": _told_record(record, versions)}


def taken_back(events: Iterable[Mapping[str, Any]]) -> set[str]:
    """The accruals that a later posting of the same amount took back, and those postings."""
    standing: defaultdict[tuple[str, Decimal], list[str]] = defaultdict(list)
    found: set[str] = set()
    for event in events:
        if event["valuation_rule"] != ACCRUAL:
            continue
        currency, amount = event["currency"], event["document_amount"]
        if before := standing[currency, -amount]:
            found |= {before.pop(0), event["event_key"]}
        else:
            standing[currency, amount].append(event["event_key"])
    return found


def _called(record: Record, versions: Mapping[Record, list[dict[str, Any]]]) -> str:
    """What the record calls itself; its id where nothing of it is at hand."""
    newest = (versions.get(record) or [{}])[-1]
    return next((str(newest[name]) for name in _CALLED if newest.get(name)), record.ident)


def _told_job(
    job: Mapping[str, Any], versions: Mapping[Record, list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        **_plain(job),
        "records": [_told_record(record, versions) for record in _job_records(job)],
    }


def _told_record(record: Record, versions: Mapping[Record, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "source_system": record.system,
        "source_entity": record.entity,
        "source_id": record.ident,
        "versions": [_plain(version) for version in versions.get(record, [])],
    }


def _job_records(job: Mapping[str, Any]) -> list[Record]:
    """The job's own record, unless a deal stands in for it, and those of its deal and contract."""
    places = [("source_system", "jobs", "job_id")] if not job["is_placeholder"] else []
    places += [("deal_system", "deals", "deal_id"), ("contract_system", "contracts", "contract_id")]
    return [
        Record(job[system], entity, job[ident])
        for system, entity, ident in places
        if job[system] and job[ident]
    ]


def _record(event: Mapping[str, Any]) -> Record:
    return Record(event["source_system"], event["source_entity"], event["source_id"])


def _versions(raw: RawLog | None, records: Iterable[Record]) -> dict[Record, list[dict[str, Any]]]:
    return raw.records(records) if raw else {}


def _sum(amounts: Iterable[Decimal | None]) -> str:
    return str(sum((amount for amount in amounts if amount is not None), Decimal("0.00")))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items() if value is not None}


def _plain_value(value: object) -> object:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain_value(each) for each in value]
    return str(value)


def _rows(
    marts: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]
) -> list[dict[str, Any]]:
    cursor = marts.execute(sql, values)
    names = [str(column[0]) for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
