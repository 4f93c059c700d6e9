"""Looks up each label of the demo's truth file in the bridge of a build.

    python tests/python/demo_bridge_faults.py warehouse 2026-06-30     prints the labels that do not show as they should

The events of a label's record are found, and the pieces in which they stand. A piece's amount is
that of the event that carries it, compared at that event's own rate: to the cent in the reporting
currency, within a cent a piece in others.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from demo_bridge_expected import EXPECTED, InNoGap, Shows

Row = dict[str, Any]
CENT = Decimal("0.01")
REPORTING = "GBP"
ZERO = Decimal(0)
EVENTS = """
    select
        events.event_key, events.stage, events.source_system, events.source_entity, events.source_id, events.currency,
        events.document_amount, events.tax_amount, events.reporting_amount, events.exchange_rate, events.job_key,
        billed.invoice_id, invoices.customer_id as billed_to, posted.journal_id,
        coalesce(received.payment_id, applied.payment_id) as payment_id, derived.change_order_id,
        job_terms.source_system as job_system, job_terms.job_id,
        contracts.contract_id, deals.deal_id, work_orders.work_order_id, named.delivery_id as names_delivery_id
    from marts.fct_stage_events as events
    left join intermediate.int_invoice_values as billed on events.event_key = billed.event_key
    left join conformed.cnf_invoices as invoices
        on billed.source_system = invoices.source_system and billed.invoice_id = invoices.invoice_id
    left join intermediate.int_recognised_values as posted on events.event_key = posted.event_key
    left join intermediate.int_receipt_values as received on events.event_key = received.event_key
    left join intermediate.int_applied_cash_values as applied on events.event_key = applied.event_key
    left join intermediate.int_derived_delivery_values as derived on events.event_key = derived.event_key
    left join intermediate.int_job_terms as job_terms on events.job_key = job_terms.job_key
    left join marts.dim_contract as contracts on events.contract_key = contracts.contract_key
    left join marts.dim_deal as deals on events.deal_key = deals.deal_key
    left join marts.dim_work_order as work_orders on events.work_order_key = work_orders.work_order_key
    left join conformed.cnf_invoice_lines as named
        on events.source_system = named.source_system and events.source_entity = 'invoice_lines'
        and events.source_id = named.invoice_line_id
"""
# By which fields of an event it belongs to a record: one of them is the record's id.
FIELDS = {
    "invoices": ("invoice_id",),
    "invoice_lines": ("source_id",),
    "deliveries": ("source_id", "names_delivery_id"),
    "work_orders": ("work_order_id",),
    "contracts": ("contract_id",),
    "jobs": ("job_id",),
    "deals": ("deal_id",),
    "change_orders": ("source_id", "change_order_id"),
    "payments": ("payment_id",),
    "journal_lines": ("source_id", "journal_id"),
    "customers": ("billed_to",),
}


@dataclass
class Build:
    """What of a build is asked: its events and pieces, and which lines only the open jobs of a
    customer placed."""

    events: dict[str, Row]
    pieces: list[Row]
    guessed: set[str]
    by_field: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_event: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_job: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        names = {name for fields in FIELDS.values() for name in fields}
        for key, event in self.events.items():
            for name in names:
                if event[name] is not None:
                    self.by_field[name, event[name]].add(key)
        for piece in self.pieces:
            self.by_job[piece["job_key"]].append(piece)
            for side in ("from_event_key", "to_event_key"):
                if piece[side] is not None:
                    self.by_event[piece[side]].append(piece)

    def own(self, entity: str, record_id: str) -> set[str]:
        """The events of a record."""
        return set().union(*(self.by_field[name, record_id] for name in FIELDS[entity]))

    def paired(self, own: set[str]) -> set[str]:
        """The events that are settled with these between delivered and invoiced."""
        found = set()
        for key in own:
            for piece in self.by_event[key]:
                if piece["gap"] == "delivered_to_invoiced" and piece["reason"] == "settled":
                    found |= {piece["from_event_key"], piece["to_event_key"]} - own
        return found


def read(build: Path) -> Build:
    """Reads a built file."""
    with duckdb.connect(str(build), read_only=True) as connection:

        def rows(sql: str) -> list[Row]:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        return Build(
            {row["event_key"]: row for row in rows(EVENTS)},
            rows("select * from marts.fct_bridge"),
            {
                row["source_id"]
                for row in rows(
                    "select source_id from marts.xref_job where match_rule like 'only_open_job%'"
                )
            },
        )


def labels(truth: Path, until: date) -> list[dict[str, str]]:
    """The labels that are due by a day."""
    with truth.open(encoding="utf-8", newline="") as file:
        return [
            row for row in csv.DictReader(file) if date.fromisoformat(row["planted_on"]) <= until
        ]


def missing(build: Build, label: dict[str, str], to_the_cent: bool = False) -> str | None:
    """What of a label does not show as it should; None where all does.

    With `to_the_cent`, only what shows with an amount of its own will do: not one among others of
    its job, so far, or without a rate.
    """
    expected = EXPECTED[label["control_id"]]
    if isinstance(expected, InNoGap) or is_guessed(build, label):
        return None
    own = build.own(label["entity"], label["entity_id"])
    told = []
    for shows in expected:
        if to_the_cent and (
            shows.of == "job" or shows.so_far or shows.is_mixed or "rate_missing" in shows.reasons
        ):
            continue
        pieces = _pieces(build, own, shows)
        amount, wanted = (
            abs(sum((_worth(build, piece) for piece in pieces), ZERO)),
            Decimal(label["value_amount"]),
        )
        if shows.is_gross:
            wanted *= _net_share(build, own)
        if "rate_missing" in shows.reasons:
            # Without a rate there is no amount: that there is a piece says all that can be said.
            wanted = ZERO
        # A pound in the books of a company in euros is worth a pound but for what two rates round.
        at_face = all(
            (build.events[_carrier(piece)]["exchange_rate"] or 1) == 1 for piece in pieces
        )
        is_exact = label["currency"] == REPORTING and at_face and not shows.is_gross
        allowed = ZERO if is_exact else 2 * CENT * len(pieces)
        if shows.is_mixed:
            amount, allowed = abs(sum((_carried(piece) for piece in pieces), ZERO)), wanted / 50
        is_worth = abs(amount - wanted) <= allowed
        if shows.of == "job":
            is_worth |= amount >= wanted - allowed
        if shows.so_far:
            is_worth |= 0 < amount <= wanted + allowed
        if pieces and is_worth:
            return None
        told.append(
            f"{shows.of} {'/'.join(shows.reasons)}: {amount:.2f} in {len(pieces)} pieces, not {wanted:.2f}"
        )
    return "; ".join(told) or "no amount of its own"


def is_guessed(build: Build, label: dict[str, str]) -> bool:
    """Whether the line without a job, from which it follows, is the only open job's: then nothing
    is missing."""
    note = label["note"].replace("follows from ", "").split()
    root = (
        label["entity_id"] if label["control_id"] == "invoice_without_job" else " ".join(note[1:2])
    )
    return (
        label["control_id"] == "invoice_without_job" or note[0] == "invoice_without_job"
    ) and root in build.guessed


def _pieces(build: Build, own: set[str], shows: Shows) -> list[Row]:
    if shows.of == "job":
        jobs = {build.events[key]["job_key"] for key in own} - {"unknown"}
        found = [piece for job in jobs for piece in build.by_job[job]]
    else:
        keys = build.paired(own) if shows.of == "paired" else own
        found = [piece for key in keys for piece in build.by_event[key]]
        # Sides that differ in a key carry an amount each: only the record's own counts.
        found = [
            piece
            for piece in found
            if _carrier(piece) in keys
            or not (piece["reason"].startswith("other_") or piece["reason"] == "settled")
        ]
    unique = {piece["bridge_item_key"]: piece for piece in found}
    return [
        piece
        for piece in unique.values()
        if piece["gap"] == shows.gap and piece["reason"] in shows.reasons
    ]


def _carrier(piece: Row) -> str:
    """The event whose amount a piece is; of what is settled, the later stage's."""
    is_from = piece["from_amount"] != 0 and piece["to_amount"] == 0
    return str(
        piece["from_event_key"]
        if is_from or piece["to_event_key"] is None
        else piece["to_event_key"]
    )


def _carried(piece: Row) -> Decimal:
    """What a piece adds to the side that carries it: positive before the gap, negative after it."""
    is_from = _carrier(piece) == piece["from_event_key"]
    return Decimal(piece["from_amount"] if is_from else -piece["to_amount"])


def _worth(build: Build, piece: Row) -> Decimal:
    """The same in the currency of the event that carries it, at that event's rate."""
    return _carried(piece) / (build.events[_carrier(piece)]["exchange_rate"] or 1)


def _net_share(build: Build, own: set[str]) -> Decimal:
    """What part of an invoice's gross its lines are."""
    net = sum((build.events[key]["document_amount"] for key in own), ZERO)
    tax = sum((build.events[key]["tax_amount"] or ZERO for key in own), ZERO)
    return net / (net + tax) if net + tax else Decimal(1)


def report(warehouse: Path, until: date) -> list[str]:
    """Every label of a demo's output that does not show as it should."""
    build = read(warehouse / "build.duckdb")
    found = []
    for label in labels(warehouse / "demo" / "truth.csv", until):
        if (told := missing(build, label)) is not None:
            named = " ".join(
                label[name]
                for name in ("control_id", "source_system", "entity_id", "value_amount", "currency")
            )
            found.append(f"{named} ({label['note']}): {told}")
    return found


if __name__ == "__main__":
    for line in report(Path(sys.argv[1]), date.fromisoformat(sys.argv[2])):
        print(line)
