"""Faults of billing: drawn up twice, in the wrong currency, with the wrong tax, not numbered, not
paid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.invoicing.corrections import corrected_rate
from tieout_demo.recruitment.invoicing.papers import Document, Line
from tieout_demo.recruitment.model import BASE, ZERO, Work, cents

OVERDUE = timedelta(days=61)


def plant_before_numbering(planter: Planter, plain: list[Document]) -> list[Document]:
    """Faults in what is drawn up, on invoices that nothing else touched; returns documents that
    should not exist."""
    _label_variances(planter, plain)
    foreign = [invoice for invoice in plain if invoice.currency != BASE]
    for invoice in planter.pick("currency_mismatch", foreign, _issued_on, id, 3):
        contracted, invoice.currency = invoice.currency, BASE
        note = f"contracted in {contracted}, billed in {BASE}"
        _label(planter, "currency_mismatch", invoice, invoice.net, invoice.issued_on, note)
    lines = [(invoice, line) for invoice in plain for line in invoice.lines[:1] if line.net > ZERO]
    for invoice, line in planter.pick(
        "tax_mismatch", lines, lambda pair: pair[0].issued_on, lambda pair: id(pair[0]), 5
    ):
        right = line.tax
        line.tax = (
            cents(line.net * 9 / 100) if line.tax_code == "NL21" else cents(line.net * 21 / 100)
        )
        note = f"{line.tax_code}: {line.tax} charged, {right} due"
        _label_line(
            planter, "tax_mismatch", invoice, line, line.tax - right, invoice.issued_on, note
        )
    extra = []
    for invoice in planter.pick("duplicate_invoice", plain, _issued_on, id, 5):
        again = Document(
            invoice.client, working_day(invoice.issued_on + timedelta(days=5)), [], invoice.currency
        )
        again.lines, again.reference = (
            [Line(**vars(line)) for line in invoice.lines],
            invoice.reference,
        )
        _label(
            planter,
            "duplicate_invoice",
            again,
            again.net,
            again.issued_on,
            "the same invoice, sent again under a new number",
        )
        for line in again.lines:
            _label_twice(planter, again, line, "follows from duplicate_invoice")
        extra.append(again)
    lines = [pair for pair in lines if pair[1].delivery_id]
    for invoice, line in planter.pick(
        "delivery_billed_twice", lines, lambda pair: pair[0].issued_on, lambda pair: id(pair[0]), 4
    ):
        later = [
            other
            for other in plain
            if other.client is invoice.client
            and other.currency == invoice.currency
            and invoice.issued_on < other.issued_on <= invoice.issued_on + timedelta(days=40)
        ]
        if later:
            copy = Line(**vars(line))
            later[0].lines.append(copy)
            _label_twice(planter, later[0], copy, "its line stands on a later invoice again")
    return extra


def rate_credits(planter: Planter, plain: list[Document]) -> list[Document]:
    """Rates that were typed wrong and put right: a credit note, and nothing for a control to find
    in the end."""
    candidates = [
        (invoice, line, line.source)
        for invoice in plain
        for line in invoice.lines
        if isinstance(line.source, Work)
        and line.source.value is None
        and line.source.billed_rate is None
    ]
    made = []
    for invoice, line, done in planter.pick(
        "corrected", candidates, lambda c: c[0].issued_on, lambda c: id(c[0]), 8
    ):
        line.unit_price = done.rate.charge + max(
            Decimal(1), (done.rate.charge / 50).quantize(Decimal(1))
        )
        line.tax = cents(line.tax * line.unit_price / done.rate.charge)
        line.net = cents(line.quantity * line.unit_price)
        made.append(
            corrected_rate(invoice, line, done, working_day(invoice.issued_on + timedelta(days=9)))
        )
    return made


def gaps(planter: Planter, count: int) -> frozenset[int]:
    """Positions in the invoices' series that no invoice gets."""
    series = list(range(5, count - 5))
    settled = date(2026, 1, 1)
    return frozenset(
        planter.pick("invoice_number_gap", series, lambda _: settled, lambda n: ("gap", n), 5)
    )


def label_gaps(planter: Planter, skipped: frozenset[int], numbered: list[Document]) -> None:
    for position in sorted(skipped):
        missing = f"NP{100_000 + position}"
        following = next(
            (invoice for invoice in numbered if not invoice.is_credit and invoice.number > missing),
            None,
        )
        if following is not None:
            note = "no invoice has this number"
            planter.label(
                "invoice_number_gap", "invoices", missing, ZERO, BASE, following.issued_on, note
            )


def plant_fates(planter: Planter, invoices: list[Document]) -> None:
    """What clients don't pay, pay short, or pay without saying for what."""
    open_ = [
        invoice
        for invoice in invoices
        if invoice.voided_on is None and invoice.gross > Decimal(500)
    ]
    corrected = {id(invoice.corrects) for invoice in invoices if invoice.corrects is not None}
    sound = [invoice for invoice in open_ if not invoice.is_credit and id(invoice) not in corrected]
    for fate, control, count in (
        ("unpaid", "receivable_overdue", 6),
        ("short", "short_paid", 5),
        ("unapplied", "cash_unapplied", 5),
    ):
        for invoice in planter.pick(control, sound, _issued_on, id, count):
            invoice.fate = fate
            if fate == "unpaid":
                planted = invoice.due_on + OVERDUE
                _label(planter, "receivable_overdue", invoice, invoice.gross, planted, "never paid")


def plant_unposted(planter: Planter, invoices: list[Document]) -> None:
    """Invoices that went out and never reached the ledger."""
    sound = [
        invoice
        for invoice in invoices
        if not invoice.is_credit and invoice.voided_on is None and not invoice.fate
    ]
    for invoice in planter.pick("invoice_not_posted", sound, _issued_on, id, 3):
        invoice.posted = False
        planted = invoice.issued_on + timedelta(days=2)
        _label(planter, "invoice_not_posted", invoice, invoice.net, planted, "no journal")


def edit_after_posting(planter: Planter, invoices: list[Document], history: History) -> None:
    """A line changed after its invoice was posted: header and journal keep what they were."""
    plain = [invoice for invoice in invoices if invoice.voided_on is None and not invoice.is_credit]
    for invoice in planter.pick("invoice_header_mismatch", plain, _issued_on, id, 4):
        index = len(invoice.lines)
        line = invoice.lines[-1]
        on = working_day(invoice.issued_on + timedelta(days=1))
        history.change(
            "invoice_lines", at(on, 17), f"{invoice.invoice_id}-{index}", net_amount=line.net + 10
        )
        # Nothing of the header changes but its date of change, which is how the ledger tells.
        history.change("invoices", at(on, 17), invoice.invoice_id)
        note = "the header is 10.00 below its lines"
        _label(planter, "invoice_header_mismatch", invoice, Decimal(10), on, note)
    for invoice in planter.pick("preparer_is_approver", plain, _issued_on, id, 4):
        entered_by = history.row("invoices", invoice.invoice_id)["entered_by"]
        history.change(
            "invoices", at(invoice.issued_on, 10, 1), invoice.invoice_id, approved_by=entered_by
        )
        note = f"entered and approved by {entered_by}"
        _label(planter, "preparer_is_approver", invoice, invoice.net, invoice.issued_on, note)


def _issued_on(document: Document) -> date:
    return document.issued_on


def _label(
    planter: Planter, control_id: str, document: Document, value: Decimal, planted: date, note: str
) -> None:
    currency = document.currency
    planter.label(
        control_id, "invoices", lambda: document.invoice_id, value, currency, planted, note
    )


def _label_line(
    planter: Planter,
    control_id: str,
    document: Document,
    line: Line,
    value: Decimal,
    planted: date,
    note: str,
) -> None:
    def line_id() -> str:
        return f"{document.invoice_id}-{[id(one) for one in document.lines].index(id(line)) + 1}"

    planter.label(control_id, "invoice_lines", line_id, value, document.currency, planted, note)


def _label_twice(planter: Planter, document: Document, line: Line, note: str) -> None:
    if line.delivery_id:
        planter.label(
            "delivery_billed_twice",
            "deliveries",
            line.delivery_id,
            line.net,
            document.currency,
            document.issued_on,
            note,
        )


def _label_variances(planter: Planter, invoices: list[Document]) -> None:
    for invoice in invoices:
        for line in invoice.lines:
            done = line.source
            if not isinstance(done, Work):
                continue
            if done.billed_rate is not None:
                value = cents(line.quantity * (done.rate.charge - done.billed_rate))
                note = f"billed at {done.billed_rate}, the contract's rate is {done.rate.charge}"
                _label_line(
                    planter, "charge_rate_variance", invoice, line, value, invoice.issued_on, note
                )
            if done.billed_quantity is not None:
                value = cents((done.billed_quantity - done.quantity) * line.unit_price)
                note = f"billed {done.billed_quantity}, delivered {done.quantity}"
                _label_line(
                    planter, "quantity_variance", invoice, line, value, invoice.issued_on, note
                )
