"""invoiced → cash (decisions 0008 and 0023): the ledger's own applications say what answers
what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bridge_reference_counted import whole
from bridge_reference_evidence import Event, Evidence, Row
from bridge_reference_parts import Pair, Part, by_document, rounded
from bridge_reference_pieces import Gap, Variance, from_pairs

ZERO = Decimal(0)
FIRST_DAY = date(1, 1, 1)
ROLES = {
    "retention": "retention_held",
    "withholding_tax": "tax_withheld",
    "customer_deposits": "deposit_applied",
    "disbursement": "disbursement",
    "bad_debt": "write_off",
    "discount_allowed": "discount_taken",
    "finance_cost": "finance_fee",
}
SOURCES = ("receivable", "customer_deposits", "revenue", "other")
Document = tuple[str, str]


@dataclass(frozen=True)
class Share:
    """What an application, or a line that takes something off its document, has of one line's
    net."""

    line: str
    place: int
    day: date
    application: str
    reason: str
    amount: Decimal
    row: Row | None = None


def reason_of_role(role: str | None) -> str:
    """Why what went to an account that is no bank settles a receivable."""
    return ROLES.get(role or "", "settled_without_cash")


def invoiced_to_cash(evidence: Evidence, gap: Gap) -> None:
    """The pieces of the gap."""
    lines = {
        event.key: event for event in evidence.of("invoiced", "credited") if event.rule != "voided"
    }
    voided = {
        (event.system, event.facts["invoice_id"])
        for event in evidence.of("invoiced") + evidence.of("credited")
        if event.rule == "voided"
    }
    _void(evidence, gap, voided)
    cash = _cash(evidence, gap)
    settled: dict[Document, Decimal] = defaultdict(Decimal)
    by_line: dict[str, list[Share]] = defaultdict(list)
    for share in [*_applied(evidence, settled), *_held(evidence, settled)]:
        by_line[share.line].append(share)
    for key, shares in by_line.items():
        if key in lines:
            event = lines[key]
            _settle(
                evidence,
                gap,
                event,
                sorted(shares, key=_order),
                cash,
                (event.system, event.facts["invoice_id"]) in voided,
            )
    for role, event in cash.values():
        gap.one_sided("to", event, event.reporting, _beyond_no_line(role, event), "application")
    _leave(evidence, gap, lines, by_line, settled, voided)


def _order(share: Share) -> tuple[int, date, str, str]:
    return share.place, share.day, share.application, share.reason


def _stretches(evidence: Evidence, document: Document) -> list[tuple[Row, Decimal]]:
    """The lines of a document laid end to end, each with where it begins."""
    rows = evidence.shares.get(document, [])
    rows = sorted(
        rows,
        key=lambda row: (
            row["invoice_line_id"],
            row["answers_key"] is None,
            row["answers_key"] or "",
        ),
    )
    running, laid = ZERO, []
    for row in rows:
        laid.append((row, running))
        running += row["share_amount"] + row["share_tax_amount"]
    return laid


def _gross(evidence: Evidence, document: Document) -> Decimal:
    return sum(
        (
            row["share_amount"] + row["share_tax_amount"]
            for row in evidence.shares.get(document, [])
        ),
        ZERO,
    )


def _stands(evidence: Evidence, row: Row) -> bool:
    turned = row["reversed_on"]
    return row["applied_on"] <= evidence.as_of and (turned is None or turned > evidence.as_of)


def _counts(evidence: Evidence, row: Row) -> bool:
    """Whether money was given for it, at a rate that is known, and there is a document to
    settle."""
    if row["applied_on"] is None or not _gross(evidence, (row["source_system"], row["invoice_id"])):
        return False
    return (
        row["reason"] != "cash" or (row["source_system"], row["application_id"]) in evidence.placed
    )


def _applied(evidence: Evidence, settled: dict[Document, Decimal]) -> list[Share]:
    """The shares that applications have of lines: of the document they settle, and of the credit
    note they use up."""
    of_invoice: dict[Document, list[tuple[Row, Decimal]]] = defaultdict(list)
    of_credit: dict[Document, list[tuple[Row, Decimal]]] = defaultdict(list)
    for row in evidence.applications:
        if not _counts(evidence, row):
            continue
        of_invoice[row["source_system"], row["invoice_id"]].append((row, row["amount"]))
        if (
            row["kind"] == "credit_note"
            and row["credit_note_id"] is not None
            and _is_used_up(evidence, row)
        ):
            of_credit[row["source_system"], row["credit_note_id"]].append((row, -row["amount"]))
    found: list[Share] = []
    for documents, uses_up in ((of_invoice, False), (of_credit, True)):
        for document, rows in documents.items():
            rows.sort(
                key=lambda pair: (
                    pair[0]["reason"] != "cash" and not uses_up,
                    pair[0]["applied_on"],
                    pair[0]["application_id"],
                    pair[0]["reason"],
                )
            )
            gross, before = _gross(evidence, document), ZERO
            standing = [pair for pair in rows if not uses_up or _stands(evidence, pair[0])]
            for row, amount in standing:
                if _stands(evidence, row):
                    settled[document] += row["amount"]
                    found += _shares(evidence, document, gross, before, row, amount)
                before += amount
    return found


def _shares(
    evidence: Evidence,
    document: Document,
    gross: Decimal,
    before: Decimal,
    row: Row,
    amount: Decimal,
) -> list[Share]:
    def paid(up_to: Decimal, end: Decimal) -> Decimal:
        return rounded(Fraction(up_to) * Fraction(end) / Fraction(gross))

    found: dict[str, Decimal] = defaultdict(Decimal)
    if gross:
        for line, start in _stretches(evidence, document):
            end = start + line["share_amount"]
            after = before + amount
            found[line["line_key"]] += (
                paid(after, end) - paid(after, start) - paid(before, end) + paid(before, start)
            )
    place = 1 if row["reason"] == "cash" else 2
    return [
        Share(line, place, row["applied_on"], row["application_id"], row["reason"], share, row)
        for line, share in found.items()
    ]


def _is_used_up(evidence: Evidence, row: Row) -> bool:
    """Whether a credit note gives what is applied: the two documents must be of one currency."""
    invoice = evidence.invoices.get((row["source_system"], row["invoice_id"]))
    credit = evidence.invoices.get((row["source_system"], row["credit_note_id"]))
    return invoice is not None and credit is not None and invoice["currency"] == credit["currency"]


def _held(evidence: Evidence, settled: dict[Document, Decimal]) -> list[Share]:
    """What lines take off the work of their document, less what was asked for and paid since."""
    released: dict[str, Decimal] = defaultdict(Decimal)
    for share in _applied(evidence, defaultdict(Decimal)):
        row = share.row
        assert row is not None
        answers = {
            line["line_key"]
            for line, _ in _stretches(evidence, (row["source_system"], row["invoice_id"]))
            if line["answers_key"] is not None
        }
        if share.line in answers and share.reason != "credit_applied":
            released[share.line] += share.amount
    found = []
    for row in sorted(evidence.deductions, key=lambda row: row["invoice_line_id"]):
        amount = row["amount"]
        if row["line_role"] in ("retention", "other_balance"):
            gone = min(released[row["work_key"]], amount)
            released[row["work_key"]] -= gone
            amount -= gone
        if amount:
            found.append(
                Share(
                    row["work_key"],
                    0,
                    FIRST_DAY,
                    row["invoice_line_id"],
                    reason_of_role(row["line_role"]),
                    amount,
                )
            )
    return found


def _settle(
    evidence: Evidence,
    gap: Gap,
    event: Event,
    shares: list[Share],
    cash: dict[tuple[str, str, str], tuple[str, Event]],
    is_voided: bool,
) -> None:
    """What each share settles of a line: no more than the line's own amount, whichever sign it
    has."""
    total = used = ZERO
    for share in shares:
        total += share.amount
        bound = ZERO if is_voided else min(max(total, ZERO), event.document)
        if event.document < 0 and not is_voided:
            bound = max(min(total, ZERO), event.document)
        took, start, used = bound - used, used, bound
        part = _part(event, start, used)
        if share.reason != "cash":
            if part is not None and part.reporting:
                gap.one_sided("from", event, part.reporting, share.reason, "application")
            continue
        _pay(evidence, gap, event, share, part, took, cash)


def _part(event: Event, start: Decimal, end: Decimal) -> Part | None:
    """The stretch of a line between two settled amounts; negative where something was given
    back."""
    if event.reporting is None or start == end or not event.document:
        return None
    size = abs(event.document)
    low, high = sorted((abs(start), abs(end)))
    part = whole(event, {}).cut(low, high, size)
    return part if abs(end) > abs(start) else Part(event, -part.document, -part.reporting)


def _pay(
    evidence: Evidence,
    gap: Gap,
    event: Event,
    share: Share,
    part: Part | None,
    took: Decimal,
    cash: dict[tuple[str, str, str], tuple[str, Event]],
) -> None:
    assert share.row is not None
    _, receipt = cash.pop((event.system, share.application, event.key), ("work", None))
    if receipt is None or receipt.reporting is None:
        if part is not None:
            gap.one_sided(
                "from", event, part.reporting, "rate_missing", "application", other=receipt
            )
        return
    if event.reporting is None:
        gap.one_sided("to", receipt, receipt.reporting, "rate_missing", "application")
        return
    beyond_reason = _beyond(evidence, share.row)
    if part is None:
        other = event if share.amount else None
        gap.one_sided("to", receipt, receipt.reporting, beyond_reason, "application", other=other)
        return
    answered = Part(receipt, receipt.document, receipt.reporting).cut(
        ZERO, abs(took), abs(share.amount)
    )
    from_pairs(gap, "application", [Pair(part, answered, by_document)], _variance(share.row))
    if receipt.reporting - answered.reporting:
        gap.one_sided(
            "to",
            receipt,
            receipt.reporting - answered.reporting,
            beyond_reason,
            "application",
            other=event,
        )


def _beyond(evidence: Evidence, row: Row) -> str:
    """What is paid above the lines: the header's doing where it asks for that much, else the
    payer's."""
    document = (row["source_system"], row["invoice_id"])
    header = evidence.invoices.get(document)
    applied = sum(
        (
            other["amount"]
            for other in evidence.applications
            if (other["source_system"], other["invoice_id"]) == document
            and _counts(evidence, other)
            and _stands(evidence, other)
        ),
        ZERO,
    )
    if (
        header is None
        or header["invoice_type"] != "invoice"
        or document not in evidence.invoice_dues
    ):
        return "overpaid"
    is_asked = (
        header["gross_amount"] > _gross(evidence, document) and applied <= header["gross_amount"]
    )
    return "header_mismatch" if is_asked else "overpaid"


def _variance(row: Row) -> Variance:
    """What one side has above the other: the two shares of one amount differ by rounding alone."""

    def reason(side: str, one_currency: bool) -> str:
        if not one_currency:
            return "currency_translation"
        if row["amount"] == row["given_amount"]:
            return "rounding"
        return "short_paid" if side == "from" else "overpaid"

    return reason


def _beyond_no_line(role: str, event: Event) -> str:
    """What cash on a line that bills no work, or on none that counts, is for."""
    if role == "customer_deposits":
        return "deposit_taken" if event.document > 0 else "deposit_applied"
    return "overpaid" if role in ("work", "tax") else reason_of_role(role)


def _void(evidence: Evidence, gap: Gap, voided: set[Document]) -> None:
    """The pieces of voided lines: two events that take each other back."""
    pairs: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in evidence.of("invoiced", "credited"):
        if (event.system, event.facts["invoice_id"]) in voided:
            pairs[event.system, event.facts["invoice_line_id"]].append(event)
    for both in pairs.values():
        for event in both:
            if event.reporting is None:
                continue
            # The other one may be of a day without a rate, and takes part in nothing.
            others = [other for other in both if other is not event and other.reporting is not None]
            if event.document and others:
                gap.one_sided(
                    "from", event, event.reporting, "voided", "same_line", related=others[0]
                )
            elif event.document:
                gap.one_sided("from", event, event.reporting, "voided")
            else:
                gap.one_sided("from", event, event.reporting, "non_billable")


def _cash(evidence: Evidence, gap: Gap) -> dict[tuple[str, str, str], tuple[str, Event]]:
    """The cash that applications bring to lines and that stands; all other cash is one-sided at
    once."""
    receipts = {
        (event.system, event.facts["payment_id"]): event
        for event in evidence.of("cash")
        if event.rule == "receipt_received" and event.reporting is not None
    }
    turned = {
        (event.system, event.facts["source_id"])
        for event in evidence.of("cash")
        if event.rule == "share_of_gross_reversed"
    }
    standing = {}
    for event in evidence.of("cash"):
        if event.facts.get("invoice_line_id") is None:
            if event.reporting is not None:
                _unplaced(evidence, gap, event, receipts)
        elif (event.system, event.facts["source_id"]) in turned:
            if event.reporting is not None:
                gap.one_sided("to", event, event.reporting, "payment_reversed", "application")
        elif event.reporting is not None or event.document:
            key = event.system, event.facts["source_id"], event.facts["line_key"]
            standing[key] = (event.facts["line_role"], event)
    return standing


def _unplaced(
    evidence: Evidence, gap: Gap, event: Event, receipts: dict[tuple[str, str], Event]
) -> None:
    """Cash on no line: what it is for is what its receipt was posted against."""
    key = (event.system, event.facts["payment_id"])
    related = receipts.get((event.system, evidence.given_back.get(key, "")))
    if related is None and event.rule != "receipt_received":
        related = receipts.get(key)
    if event.rule.startswith(("cash_sale_", "share_of_sale_")):
        gap.one_sided("to", event, event.reporting, "sold_for_cash", related=related)
        return
    sources = sorted(evidence.sources.get(key, []), key=lambda row: SOURCES.index(row["source"]))
    if not event.rule.startswith("receipt_"):
        sources = sources[:1]
    total = sum((row["amount"] for row in sources), ZERO)
    done = ZERO
    for row in sources:
        until = done + row["amount"]
        share = rounded(Fraction(event.reporting) * Fraction(until) / Fraction(total)) - rounded(
            Fraction(event.reporting) * Fraction(done) / Fraction(total)
        )
        gap.one_sided("to", event, share, _source(row), related=related)
        done = until
    if not sources:
        gap.one_sided("to", event, event.reporting, "unapplied_cash", related=related)


def _source(row: Row) -> str:
    if row["source"] == "customer_deposits":
        return "deposit_taken" if row["amount"] > 0 else "deposit_applied"
    return {"receivable": "unapplied_cash", "revenue": "sold_for_cash"}.get(
        row["source"], reason_of_role(row["account_role"])
    )


def _leave(
    evidence: Evidence,
    gap: Gap,
    lines: dict[str, Event],
    by_line: dict[str, list[Share]],
    settled: dict[Document, Decimal],
    voided: set[Document],
) -> None:
    """What no application took of a line."""
    for key, event in lines.items():
        document = (event.system, event.facts["invoice_id"])
        if event.reporting is None or document in voided:
            continue
        used = _used(event, sorted(by_line.get(key, []), key=_order))
        if event.document and used == event.document:
            continue
        rest = event.reporting
        if used:
            rest = (
                whole(event, {}).cut(abs(used), abs(event.document), abs(event.document)).reporting
            )
        gap.one_sided("from", event, rest, _why_open(evidence, event, document, settled[document]))


def _used(event: Event, shares: list[Share]) -> Decimal:
    total = ZERO
    for share in shares:
        total += share.amount
    if event.document >= 0:
        return min(max(total, ZERO), event.document)
    return max(min(total, ZERO), event.document)


def _why_open(evidence: Evidence, event: Event, document: Document, settled: Decimal) -> str:
    header = evidence.invoices[document]
    gross = _gross(evidence, document)
    asked = header["gross_amount"] if document in evidence.invoice_dues else gross
    if event.document == 0:
        return "non_billable"
    if event.stage == "credited":
        return "credit_unapplied"
    if asked != gross and settled >= asked:
        return "header_mismatch"
    if settled >= gross:
        return "rounding"
    if header["status"] == "paid":
        return "short_paid"
    return (
        "not_yet_due"
        if evidence.invoice_dues.get(document, event.day) >= evidence.as_of
        else "overdue"
    )
