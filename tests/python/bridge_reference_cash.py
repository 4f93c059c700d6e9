"""invoiced → cash (decision 0008, sections 3 and 5): the ledger's own applications say what answers what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from bridge_reference_counted import whole
from bridge_reference_evidence import Event, Evidence, Row
from bridge_reference_parts import Pair, Part, by_document, rounded
from bridge_reference_pieces import Gap, Variance, from_pairs

ZERO = Decimal(0)
UNPAID = {"write_off": "write_off", "discount": "settlement_discount", "credit_note": "credit_applied"}


@dataclass
class Line:
    """A line of a document, with how much of its amount is settled."""

    event: Event
    start: Decimal
    net_end: Decimal
    used: Decimal = field(default=ZERO)
    # What was taken by what is no payment, by reason.
    unpaid: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def share(self, amount_before: Decimal, amount: Decimal, gross: Decimal) -> Decimal:
        """The net of this line in a payment of the document, as int_cash_shares lays it out."""

        def paid(up_to: Decimal, end: Decimal) -> Decimal:
            return rounded(Fraction(up_to) * Fraction(end) / Fraction(gross))

        after = amount_before + amount
        return (
            paid(after, self.net_end)
            - paid(after, self.start)
            - paid(amount_before, self.net_end)
            + paid(amount_before, self.start)
        )

    def room(self, share: Decimal) -> Decimal:
        """How much of a share the line can still take."""
        net = self.event.document
        if share * net <= 0:
            return ZERO
        return min(abs(share), abs(net) - abs(self.used)).copy_sign(net)


def invoiced_to_cash(evidence: Evidence, gap: Gap) -> None:
    """The pieces of the gap."""
    documents, voided = _documents(evidence, gap)
    cash = _cash(evidence, gap)
    settled: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    paid: set[tuple[str, str]] = set()
    for of_credit_note in (False, True):
        for document, applications in _applications(evidence, of_credit_note).items():
            lines = documents.get(document, [])
            gross = _gross(lines)
            before = ZERO
            is_asked = not of_credit_note and document not in voided
            beyond = _beyond(evidence, document, gross, applications) if is_asked else "overpaid"
            for application in applications:
                amount = -application["amount"] if of_credit_note else application["amount"]
                if _stands(evidence, application):
                    settled[document] += application["amount"]
                    if application["kind"] == "payment":
                        paid.add(document)
                    for line in lines if gross else []:
                        share = line.share(before, amount, gross)
                        _apply(gap, application, line, share, document in voided, cash, beyond)
                before += amount
    for event in cash.values():
        # Its application stands, and no line of a document that counts took anything of it.
        gap.one_sided("to", event, event.reporting, "overpaid", "application")
    for document, lines in documents.items():
        for line in lines:
            for reason, amount in line.unpaid.items():
                gap.one_sided("from", line.event, amount, reason, "application")
        if document not in voided:
            for line in lines:
                _left(evidence, gap, document, lines, line, settled[document], document in paid)


def _documents(evidence: Evidence, gap: Gap) -> tuple[dict[tuple[str, str], list[Line]], set[tuple[str, str]]]:
    """The lines of each document, laid end to end; those of a voided one are two events that take each other back."""
    events: dict[tuple[str, str], list[Event]] = defaultdict(list)
    voided: set[tuple[str, str]] = set()
    for event in evidence.of("invoiced", "credited"):
        document = (event.system, event.facts["invoice_id"])
        if event.rule == "voided":
            voided.add(document)
        else:
            events[document].append(event)
    documents: dict[tuple[str, str], list[Line]] = {}
    for document, of_document in events.items():
        running, lines = ZERO, []
        for event in sorted(of_document, key=lambda event: event.facts["invoice_line_id"]):
            lines.append(Line(event, running, running + event.document))
            running += event.document + event.facts["tax_amount"]
        documents[document] = lines
    _void(evidence, gap, voided)
    return documents, voided


def _void(evidence: Evidence, gap: Gap, voided: set[tuple[str, str]]) -> None:
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
                gap.one_sided("from", event, event.reporting, "voided", "same_line", related=others[0])
            elif event.document:
                gap.one_sided("from", event, event.reporting, "voided")
            else:
                gap.one_sided("from", event, event.reporting, "non_billable")


def _cash(evidence: Evidence, gap: Gap) -> dict[tuple[str, str, str], Event]:
    """The cash that applications bring to lines and that stands; all other cash is one-sided at once."""
    receipts = {
        (event.system, event.facts["payment_id"]): event
        for event in evidence.of("cash")
        if event.rule == "receipt_received"
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
                is_receipt = event.rule == "receipt_received"
                receipt = None if is_receipt else receipts.get((event.system, event.facts["payment_id"]))
                gap.one_sided("to", event, event.reporting, "unapplied_cash", related=receipt)
        elif (event.system, event.facts["source_id"]) in turned:
            if event.reporting is not None:
                gap.one_sided("to", event, event.reporting, "payment_reversed", "application")
        elif event.reporting is not None or event.document:
            standing[event.system, event.facts["source_id"], event.facts["invoice_line_id"]] = event
    return standing


def _applications(evidence: Evidence, of_credit_note: bool) -> dict[tuple[str, str], list[Row]]:
    """The applications of each invoice (or of each credit note), payments first, by day and id."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in evidence.applications:
        if not row["counts"] or row["applied_on"] is None:
            continue
        if not of_credit_note:
            found[row["source_system"], row["invoice_id"]].append(row)
        elif row["kind"] == "credit_note" and row["credit_note_id"] is not None and _is_used_up(evidence, row):
            found[row["source_system"], row["credit_note_id"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row["kind"] != "payment", row["applied_on"], row["application_id"]))
    return found


def _is_used_up(evidence: Evidence, application: Row) -> bool:
    """Whether a credit note gives what is applied: its invoice must have been issued, in the credit note's currency."""
    billed, given = (
        {
            event.currency
            for event in evidence.of("invoiced", "credited")
            if (event.system, event.facts["invoice_id"]) == (application["source_system"], application[document])
        }
        for document in ("invoice_id", "credit_note_id")
    )
    return bool(billed & given)


def _stands(evidence: Evidence, application: Row) -> bool:
    turned = application["reversed_on"]
    return application["applied_on"] <= evidence.as_of and (turned is None or turned > evidence.as_of)


def _beyond(evidence: Evidence, document: tuple[str, str], gross: Decimal, applications: list[Row]) -> str:
    """What is paid above the lines: the header's doing where it asks for that much, else the payer's."""
    header = evidence.invoices.get(document)
    applied = sum((row["amount"] for row in applications if _stands(evidence, row)), ZERO)
    if header is None or header["gross_amount"] <= gross or applied > header["gross_amount"]:
        return "overpaid"
    return "header_mismatch" if header["invoice_type"] == "invoice" else "overpaid"


def _apply(
    gap: Gap,
    application: Row,
    line: Line,
    share: Decimal,
    is_voided: bool,
    cash: dict[tuple[str, str, str], Event],
    beyond_reason: str,
) -> None:
    """One application on one line."""
    event = line.event
    took = ZERO if is_voided else line.room(share)
    start, line.used = line.used, line.used + took
    part = None
    if event.reporting is not None and took:
        part = whole(event, {}).cut(abs(start), abs(line.used), abs(event.document))
    if application["kind"] != "payment":
        if part is not None:
            line.unpaid[UNPAID[application["kind"]]] += part.reporting
        return
    receipt = cash.pop((event.system, application["application_id"], event.facts["invoice_line_id"]), None)
    if receipt is None or receipt.reporting is None:
        if part is not None:
            gap.one_sided("from", event, part.reporting, "rate_missing", "application", other=receipt)
        return
    money = Part(receipt, receipt.document, receipt.reporting)
    if event.reporting is None:
        gap.one_sided("to", receipt, receipt.reporting, "rate_missing", "application")
        return
    if part is None:
        gap.one_sided("to", receipt, receipt.reporting, beyond_reason, "application", other=event if share else None)
        return
    answered = money.cut(ZERO, abs(took), abs(share))
    beyond = receipt.reporting - answered.reporting
    from_pairs(gap, "application", [Pair(part, answered, by_document)], _variance(application))
    if beyond:
        gap.one_sided("to", receipt, beyond, beyond_reason, "application", other=event)


def _variance(application: Row) -> Variance:
    """What one side has above the other: the two shares of one amount differ by rounding alone."""

    def reason(side: str, one_currency: bool) -> str:
        if not one_currency:
            return "currency_translation"
        if application["amount"] == application["received_amount"]:
            return "rounding"
        return "short_paid" if side == "from" else "overpaid"

    return reason


def _left(
    evidence: Evidence,
    gap: Gap,
    document: tuple[str, str],
    lines: list[Line],
    line: Line,
    settled: Decimal,
    is_paid: bool,
) -> None:
    """What no application took of a line."""
    event = line.event
    if event.reporting is None or (event.document and line.used == event.document):
        return
    rest = event.reporting
    if line.used:
        rest = whole(event, {}).cut(abs(line.used), abs(event.document), abs(event.document)).reporting
    header = evidence.invoices[document]
    gross, open_amount = header["gross_amount"], header["gross_amount"] - settled
    if event.document == 0:
        reason = "non_billable"
    elif event.stage == "credited":
        reason = "credit_unapplied"
    elif open_amount <= 0:
        reason = "rounding" if gross == _gross(lines) else "header_mismatch"
    elif evidence.invoice_dues[document] >= evidence.as_of:
        reason = "not_yet_due"
    elif is_paid and open_amount * 100 <= gross * evidence.policy["short_paid_pct"]:
        reason = "short_paid"
    else:
        reason = "overdue"
    gap.one_sided("from", event, rest, reason)


def _gross(lines: list[Line]) -> Decimal:
    return sum((line.event.document + line.event.facts["tax_amount"] for line in lines), ZERO)
