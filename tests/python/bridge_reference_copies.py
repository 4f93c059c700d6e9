"""Second copies of invoices (decision 0008, section 3): they answer nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from bridge_reference_evidence import Event, Evidence

Document = tuple[str, str]


def copies(evidence: Evidence) -> set[Document]:
    """The invoices, by system and id, that say once more what another one said."""
    lines: dict[Document, list[Event]] = defaultdict(list)
    gone: set[Document] = set()
    corrected: dict[Document, Document] = {}
    for event in evidence.of("invoiced", "credited"):
        document = (event.system, event.facts["invoice_id"])
        if event.rule == "voided":
            gone.add(document)
        elif event.stage == "invoiced":
            lines[document].append(event)
        elif named := evidence.invoices[document]["corrects_invoice_id"]:
            corrected[document] = (event.system, named)
    # A credit note that was voided corrects nothing.
    gone |= {named for document, named in corrected.items() if document not in gone}
    alike: dict[tuple[Any, ...], list[Document]] = defaultdict(list)
    for document, events in lines.items():
        if document not in gone:
            alike[document[0], _customer(events), evidence.invoices[document]["gross_amount"]].append(document)
    return {
        document
        for documents in alike.values()
        for document in documents
        if any(_repeats(evidence, lines, document, other) for other in documents if other != document)
    }


def _repeats(evidence: Evidence, lines: dict[Document, list[Event]], document: Document, other: Document) -> bool:
    mine, theirs = evidence.invoices[document], evidence.invoices[other]
    window = timedelta(days=int(evidence.policy["duplicate_window_days"]))
    later_by = mine["issued_on"] - theirs["issued_on"]
    if later_by < timedelta(0):
        return False
    if mine["issued_on"] == theirs["issued_on"] and document[1] < other[1]:
        return False
    if mine["invoice_number"] == theirs["invoice_number"]:
        return True
    return (
        later_by <= window and mine["currency"] == theirs["currency"] and _said(lines[document]) == _said(lines[other])
    )


def _customer(events: list[Event]) -> str:
    return events[0].keys["customer_key"]


def _said(events: list[Event]) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            event.job,
            event.product,
            event.facts["quantity"],
            event.document,
            event.facts["delivery_id"],
            event.keys["work_order_key"],
            event.facts["period_starts_on"],
            event.facts["period_ends_on"],
            event.facts["description"],
        )
        for event in events
    )
