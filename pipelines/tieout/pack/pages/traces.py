"""The chain of every job with an exception, a file a job, loaded when somebody opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from tieout.pack.names import Names
from tieout.pack.render import write_data
from tieout.trace import Chain, chains
from tieout.trace.raw import RawLog

BATCH = 100
"""So many jobs are read at a time: all at once would fill the memory."""

HIDDEN = {"table", "_record_key", "_record_hash", "_updated_at", "_is_deleted", "source_system"}

_JOB = (
    "source_system", "job_id", "job_ref", "job_type", "status", "customer_name", "owner_name", "started_on",
    "completed_on", "deal_system", "deal_id", "deal_name", "won_on", "contract_system", "contract_id",
    "contract_starts_on", "billing_rule",
    "billing_period",
)  # fmt: skip
_EVENT = (
    "stage", "event_on", "source_system", "source_entity", "source_id", "entity_label", "load_id", "product_name",
    "quantity", "unit", "currency", "document_amount", "tax_amount", "exchange_rate", "reporting_amount",
    "valuation_rule",
    "job_match_rule", "job_match_probability", "is_taken_back",
)  # fmt: skip
_PIECE = (
    "gap", "reason", "gap_class", "match_rule", "from_on", "to_on", "from_amount", "to_amount", "difference_amount",
    "from_event_key", "to_event_key", "from_label", "to_label",
)  # fmt: skip
_EXCEPTION = (
    "exception_key", "control_id", "status", "entity", "entity_id", "entity_label", "cause", "value_at_risk_amount",
    "counted_amount",
)  # fmt: skip
_IDENTITY = (
    "source_system",
    "source_entity",
    "source_id",
    "record_label",
    "match_rule",
    "match_status",
    "match_probability",
)

_REPEATED = {
    "stage", "source_system", "source_entity", "load_id", "product_name", "unit", "currency", "valuation_rule",
    "job_match_rule", "gap", "reason", "gap_class", "match_rule",
}  # fmt: skip
"""Columns of events and pieces that say the same few words some hundred times: each word is its
place in one list."""


def traced(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys of the jobs that get a chain: those with an exception."""
    rows = connection.execute(
        "select distinct job_key from fct_exceptions where job_key <> 'unknown' order by 1"
    ).fetchall()
    return [str(key) for (key,) in rows]


def write_traces(
    connection: duckdb.DuckDBPyConnection,
    raw: RawLog | None,
    found: Names,
    folder: Path,
    told: Callable[[int, int], None],
) -> None:
    """Writes `data/traced.js`, the list of the chains, and each in `data/trace-<place of the
    job>.js`.

    A chain's parts are arrays in the order of the columns that `traced.js` names; of events and
    pieces, the columns in `repeated` hold places in `words`. An event ends with the newest version
    of its record as it arrived: [raw table's place in `words`, version, when, how many versions,
    values by the table's columns].
    """
    keys = traced(connection)
    listed = []
    for start in range(0, len(keys), BATCH):
        told(start, len(keys))
        batch = chains(connection, keys[start : start + BATCH], raw)
        for key, chain in batch.items():
            place = found.place("job", key)
            listed.append([place, *found.members["job"][place], len(chain["exceptions"])])
            write_data(folder, f"trace-{place}", _told(chain), packed=True)
    columns = {
        "job": _JOB,
        "event": _EVENT,
        "piece": _PIECE,
        "exception": _EXCEPTION,
        "identity": _IDENTITY,
    }
    write_data(
        folder,
        "traced",
        {
            "jobs": sorted(listed),
            "columns": columns,
            "repeated": sorted(_REPEATED),
            "has_raw": raw is not None,
        },
    )
    write_data(folder, "traces", {place: f"trace.html#{place}" for place, *_ in listed})


def _told(chain: Chain) -> dict[str, Any]:
    events = [event for stage in chain["stages"] for event in stage["events"]]
    places = {event["event_key"]: place for place, event in enumerate(events)}
    tables: dict[str, list[str]] = {}
    words: dict[str, int] = {}

    def row(found: Mapping[str, Any], columns: tuple[str, ...]) -> list[Any]:
        return [
            words.setdefault(found[name], len(words))
            if name in _REPEATED and name in found
            else found.get(name)
            for name in columns
        ]

    def version(event: Mapping[str, Any]) -> list[Any] | None:
        versions = event["record"]["versions"]
        if not versions:
            return None
        newest = versions[-1]
        columns = tables.setdefault(newest["table"], [])
        columns += [
            name for name in newest if name not in HIDDEN and name not in columns and name[0] != "_"
        ]
        values = [newest.get(name) for name in columns]
        table = words.setdefault(newest["table"], len(words))
        return [table, newest["_version"], newest["_landed_at"], len(versions), values]

    pieces = []
    for gap in chain["gaps"]:
        for piece in gap["pieces"]:
            told = row(piece, _PIECE)
            for event, label in ((9, 11), (10, 12)):
                told[event] = places.get(told[event], -1)
                # An event of this job says itself what it is called.
                told[label] = told[label] if told[event] < 0 else None
            pieces.append(told)
    return {
        "job": _row(chain["job"], _JOB),
        "identity": [_row(link, _IDENTITY) for link in chain["identity"]],
        "stages": [[stage["stage"], stage["reporting_amount"]] for stage in chain["stages"]],
        "gaps": [
            [gap["gap"], gap["from_amount"], gap["to_amount"], gap["difference_amount"]]
            for gap in chain["gaps"]
        ],
        "events": [[*row(event, _EVENT), version(event)] for event in events],
        "pieces": pieces,
        "exceptions": [_row(found, _EXCEPTION) for found in chain["exceptions"]],
        "tables": tables,
        "words": list(words),
    }


def _row(row: Mapping[str, Any], columns: tuple[str, ...]) -> list[Any]:
    return [row.get(name) for name in columns]
