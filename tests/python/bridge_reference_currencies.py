"""Postings and work in different currencies (decision 0008, delivered → recognised)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bridge_reference_evidence import Event, Evidence
from bridge_reference_parts import CENT, Pair, Part, rounded


def in_the_lines_currency(evidence: Evidence) -> None:
    """Measures what posts a line of a document in another currency by that line."""
    posted: dict[tuple[str, str, bool], list[Event]] = defaultdict(list)
    for event in evidence.of("recognised"):
        facts = event.facts
        if (
            facts["document_line_id"] is not None
            and facts["document_type"] in ("invoice", "credit_note")
            and event.document
            and event.currency == facts["currency"]
        ):
            key = (event.system, facts["document_line_id"], event.document > 0)
            posted[key].append(event)
    measured: dict[str, Event] = {}
    for (system, line_id, _), events in posted.items():
        line = evidence.lines.get((system, line_id))
        document = evidence.invoices.get((system, line["invoice_id"])) if line else None
        if line is None or document is None or document["currency"] == events[0].currency:
            continue
        base_rate = evidence.base_rates.get((system, line["invoice_id"]))
        if base_rate is None or base_rate <= 0:
            continue
        amount = abs(line["signed_net_amount"])
        worth = rounded(Fraction(amount) * Fraction(base_rate))
        total = sum((abs(event.facts["document_amount"]) for event in events), Decimal(0))
        whole = total if abs(total - worth) <= 2 * CENT else worth
        if whole <= 0:
            continue
        begins = Decimal(0)
        for event in sorted(events, key=lambda event: (event.day, event.key)):
            ends = begins + abs(event.facts["document_amount"])
            share = rounded(Fraction(amount) * Fraction(ends) / Fraction(whole)) - rounded(
                Fraction(amount) * Fraction(begins) / Fraction(whole)
            )
            own = share if event.document > 0 else -share
            measured[event.key] = replace(event, document=own, currency=document["currency"])
            begins = ends
    evidence.events = [measured.get(event.key, event) for event in evidence.events]


class Translation:
    """What the rate moves of accruals in the base currency for work in another one."""

    def __init__(self, evidence: Evidence, pairs: Iterable[Pair], lefts: Iterable[Part]) -> None:
        last: dict[str, date] = {}
        system: dict[str, str] = {}
        for event in evidence.of("recognised"):
            if event.has_job and is_accrual(event):
                last[event.job] = max(last.get(event.job, event.day), event.day)
                system[event.job] = min(system.get(event.job, event.system), event.system)
        sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
        for work, posting, _ in pairs:
            job = posting.event.job
            if (
                posting.event.has_job
                and is_accrual(posting.event)
                and work.event.reporting is not None
                and work.event.currency != posting.event.currency
            ):
                _add(sums[job, work.event.currency], (work.document, work.reporting, 0, 0))
        for work in lefts:
            event = work.event
            key = (event.job, event.currency)
            if (
                key in sums
                and event.reporting is not None
                and work.document > 0
                and event.day <= last[event.job]
            ):
                _add(sums[key], (0, 0, work.document, work.reporting))
        self.risen: dict[str, Decimal] = defaultdict(Decimal)
        missing: dict[str, Decimal] = defaultdict(Decimal)
        left: dict[str, Decimal] = defaultdict(Decimal)
        for (job, currency), (document, reporting, left_document, left_reporting) in sums.items():
            rate = evidence.reporting_rates.get((system[job], currency, last[job]))
            if rate is None:
                continue
            worth = rounded(Fraction(document) * Fraction(rate))
            self.risen[job] += worth - reporting
            missing[job] += worth - reporting + rounded(Fraction(left_document) * Fraction(rate))
            left[job] += left_reporting
        self.fallen = {job: left[job] - max(missing[job], Decimal(0)) for job in left}

    @staticmethod
    def split(
        moved: Mapping[str, Decimal], parts: Sequence[tuple[Part, str]], reasons: set[str]
    ) -> list[tuple[Part, str, Decimal]]:
        """Each part with its reason and amount; what the rate moved of it apart, the earliest
        first."""
        rest = {job: max(amount, Decimal(0)) for job, amount in moved.items()}
        found = []
        for part, reason in sorted(parts, key=lambda one: one[0].order):
            job, amount = part.event.job, part.reporting
            taken = min(rest.get(job, Decimal(0)), amount) if reason in reasons else Decimal(0)
            if taken > 0:
                rest[job] -= taken
                found.append((part, "currency_translation", taken))
                amount -= taken
            if amount or taken <= 0:
                found.append((part, reason, amount))
        return found


def is_accrual(event: Event) -> bool:
    """Posted at a month end, by no document and by no hand that says so."""
    return (event.facts["document_type"] or "other") in ("accrual", "other")


def _add(sums: list[Decimal], more: Sequence[Decimal | int]) -> None:
    for place, amount in enumerate(more):
        sums[place] += amount
