"""Second copies of invoices (decision 0008, section 3): they answer nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bridge_reference_evidence import UNKNOWN, Event, Evidence
from bridge_reference_names import named_delivery

Document = tuple[str, str]
BILLED_STILL = ("price", "return", "rebate", "dispute", "goodwill")


def copies(evidence: Evidence) -> set[Document]:
    """The invoices, by system and id, that say once more what another one said, and that no work
    answers."""
    lines: dict[Document, list[Event]] = defaultdict(list)
    gone: set[Document] = set()
    for event in evidence.of("invoiced", "credited"):
        document = (event.system, event.facts["invoice_id"])
        if event.rule == "voided":
            gone.add(document)
        elif event.stage == "invoiced":
            lines[document].append(event)
    gone |= {
        named
        for named, amount in _credited(evidence, gone).items()
        if amount >= _gross(evidence, named)
    }
    notes = {(event.system, event.facts["invoice_id"]) for event in evidence.of("credited")} - gone
    alike: dict[tuple[Any, ...], list[Document]] = defaultdict(list)
    for document, events in lines.items():
        customer = events[0].keys["customer_key"]
        if document not in gone and _gross(evidence, document) and customer != UNKNOWN:
            alike[document[0], customer, _gross(evidence, document)].append(document)
    suspects = {
        document
        for documents in alike.values()
        for document in documents
        if _is_repeated(
            evidence, lines, document, [other for other in documents if other != document], notes
        )
    }
    return suspects - _answered(evidence, lines, suspects)


def _gross(evidence: Evidence, document: Document) -> Decimal:
    found = evidence.invoices.get(document)
    return Decimal(0) if found is None else found["gross_amount"]


def _credited(evidence: Evidence, gone: set[Document]) -> dict[Document, Decimal]:
    """What credit notes that stand take off each invoice: those that name it, and those applied to
    it."""
    amounts: dict[tuple[Document, Document], Decimal] = {}
    applied: dict[tuple[Document, Document], Decimal] = defaultdict(Decimal)
    notes = {
        (event.system, event.facts["invoice_id"])
        for event in evidence.of("credited")
        if event.rule != "voided"
    } - gone
    for note in notes:
        if named := evidence.invoices[note]["corrects_invoice_id"]:
            amounts[note, (note[0], named)] = _gross(evidence, note)
    for row in evidence.applications:
        note, invoice = (
            (row["source_system"], row["credit_note_id"]),
            (row["source_system"], row["invoice_id"]),
        )
        stands = row["applied_on"] <= evidence.as_of and (
            row["reversed_on"] is None or row["reversed_on"] > evidence.as_of
        )
        if row["kind"] != "credit_note" or note not in notes or not stands:
            continue
        if evidence.invoices[note]["corrects_invoice_id"] in (None, invoice[1]):
            applied[note, invoice] += row["amount"]
    for key, amount in applied.items():
        amounts[key] = max(amounts.get(key, amount), amount)
    found: dict[Document, Decimal] = defaultdict(Decimal)
    for (_, invoice), amount in amounts.items():
        found[invoice] += amount
    return found


def _is_repeated(
    evidence: Evidence,
    lines: dict[Document, list[Event]],
    document: Document,
    others: list[Document],
    notes: set[Document],
) -> bool:
    """Whether it says what another one said, and no credit note came between that is to be billed
    anew."""

    def turn(other: Document) -> tuple[date, str]:
        return evidence.invoices[other]["issued_on"], other[1]

    near = [other for other in others if _is_just_after(evidence, document, other)]
    for alike in (_has_number, _says_the_same, _says_less):
        if found := [other for other in near if alike(evidence, lines, document, other)]:
            return not _is_billed_anew(evidence, max(found, key=turn), document, notes)
    return False


def _is_billed_anew(
    evidence: Evidence, original: Document, document: Document, notes: set[Document]
) -> bool:
    rows = [evidence.invoices[note] for note in notes if note[0] == original[0]]
    return any(
        row["corrects_invoice_id"] == original[1]
        and (row["credit_reason"] or "other") not in BILLED_STILL
        and row["issued_on"] <= evidence.invoices[document]["issued_on"]
        for row in rows
    )


def _is_just_after(evidence: Evidence, document: Document, other: Document) -> bool:
    mine, theirs = evidence.invoices[document], evidence.invoices[other]
    window = timedelta(days=int(evidence.policy["duplicate_window_days"]))
    later_by = mine["issued_on"] - theirs["issued_on"]
    if not timedelta(0) <= later_by <= window or mine["currency"] != theirs["currency"]:
        return False
    return mine["issued_on"] != theirs["issued_on"] or document[1] >= other[1]


Lines = dict[Document, list[Event]]


def _has_number(evidence: Evidence, lines: Lines, document: Document, other: Document) -> bool:
    numbers = {
        evidence.invoices[one]["invoice_number"].strip().lower() for one in (document, other)
    }
    return len(numbers) == 1 and _asked(lines[document]) == _asked(lines[other])


def _says_the_same(evidence: Evidence, lines: Lines, document: Document, other: Document) -> bool:
    return _said(lines[document]) == _said(lines[other])


def _says_less(evidence: Evidence, lines: Lines, document: Document, other: Document) -> bool:
    return _names_nothing(lines[document]) and _worded(lines[document]) == _worded(lines[other])


def _names_nothing(lines: list[Event]) -> bool:
    """No delivery, work order or period: such a copy says less than the bill that it repeats."""
    names = ("delivery_id", "work_order_ref", "period_starts_on")
    return all(event.facts[name] is None for event in lines for name in names)


def _worded(events: list[Event]) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            event.job,
            event.product,
            event.facts["quantity"],
            event.document,
            event.facts["description"],
        )
        for event in events
    )


def _asked(events: list[Event]) -> Counter[tuple[Any, ...]]:
    return Counter(
        (event.job, event.product, event.facts["quantity"], event.document) for event in events
    )


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


Scope = tuple[Any, ...]


def _scope(evidence: Evidence, line: Event) -> Scope | None:
    """What a line bills: a delivery, a work order, a product's period, else a product's or a job's
    work."""
    starts, ends = line.facts["period_starts_on"], line.facts["period_ends_on"]
    if (delivery := named_delivery(evidence, line)) is not None and delivery.reporting is not None:
        return "delivery", delivery.key
    if line.facts["delivery_id"] is not None or not line.has_job:
        return None
    if line.keys["work_order_key"] != UNKNOWN:
        return "work_order", line.keys["work_order_key"]
    product = None if line.product == UNKNOWN else line.product
    period = (starts, ends) if starts is not None and ends is not None and ends >= starts else None
    return "product", line.job, product, line.currency, period


def _answered(
    evidence: Evidence, lines: dict[Document, list[Event]], suspects: set[Document]
) -> set[Document]:
    """The suspects whose lines find work of their own, in the order of day, then key, for nearly
    all that they ask."""
    asked: dict[Scope, list[Event]] = defaultdict(list)
    answered, wanted = Counter[Document](), Counter[Document]()
    for document in suspects:
        for line in lines[document]:
            if line.document > 0:
                wanted[document] += 1
                if (scope := _scope(evidence, line)) is not None:
                    asked[scope].append(line)
    least = Decimal(evidence.policy["duplicate_answered_pct"])
    for scope, events in asked.items():
        work = sorted(_work(evidence, scope, suspects, events[0]))
        served = Decimal(0)
        for line in sorted(events, key=lambda line: (line.day, line.key)):
            room = _room(work, (line.day, 2, line.key))
            given = min(line.document, room - served)
            served += given
            if given * 100 >= line.document * least:
                answered[line.system, line.facts["invoice_id"]] += 1
    return {document for document in suspects if answered[document] == wanted[document]}


Entry = tuple[tuple[date, int, str], Decimal]


def _room(work: list[Entry], place: tuple[date, int, str]) -> Decimal:
    """The work there is at a place in the order of days that no other bill needs, then or later."""
    balance = sum((amount for at, amount in work if at < place), Decimal(0))
    least = balance
    for at, amount in work:
        if at > place:
            balance += amount
            least = min(least, balance)
    return max(least, Decimal(0))


def _work(
    evidence: Evidence, scope: Scope, suspects: set[Document], like: Event
) -> Iterator[Entry]:
    """What was delivered of a kind of work, some days early, and what other documents bill of
    it."""
    early = timedelta(days=int(evidence.policy["duplicate_window_days"]))
    for event in evidence.of("delivered"):
        is_work = event.document > 0 or (
            event.document < 0
            and event.facts.get("delivery_type") == "time"
            and event.rule != "rebate"
        )
        if event.reporting is not None and is_work and _is_of(evidence, scope, event, like):
            yield (event.day - early, 0, event.key), event.document
    for event in evidence.of("invoiced", "credited"):
        document = (event.system, event.facts["invoice_id"])
        reason = evidence.invoices[document]["credit_reason"]
        if document in suspects and event.document > 0:
            continue
        if event.document and reason not in BILLED_STILL and _is_of(evidence, scope, event, like):
            yield (event.day, 1, event.key), -event.document


def _is_of(evidence: Evidence, scope: Scope, event: Event, like: Event) -> bool:
    if not event.has_job or event.job != like.job or event.currency != like.currency:
        return False
    if scope[0] == "delivery":
        delivery = event if event.stage == "delivered" else named_delivery(evidence, event)
        return delivery is not None and delivery.key == scope[1]
    if scope[0] == "work_order":
        return event.keys["work_order_key"] == scope[1]
    _, _, product, _, period = scope
    if product is not None and event.product != product:
        return False
    if period is None:
        return True
    if event.stage == "delivered":
        return period[0] <= event.day <= period[1]
    return (event.facts["period_starts_on"], event.facts["period_ends_on"]) == period
