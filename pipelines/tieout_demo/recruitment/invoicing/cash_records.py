"""Receipts and applications as records, bank lines and journals, posted in the order in which they
happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from tieout_demo.calendars import at
from tieout_demo.history import History
from tieout_demo.recruitment.books.ledger import Entry, Ledger
from tieout_demo.recruitment.catalogue import BAD_DEBT, BANKS, DISCOUNTS, EXCHANGE, RECEIVABLE
from tieout_demo.recruitment.invoicing.cash import Cash
from tieout_demo.recruitment.invoicing.papers import Application, Document, Receipt
from tieout_demo.recruitment.model import BASE, ZERO, draws, to_base

_GIVEN_UP = {"discount": DISCOUNTS, "write_off": BAD_DEBT}


def record(
    seed: int, cash: Cash, documents: list[Document], history: History, ledger: Ledger
) -> None:
    """Write all of it. The open amounts are followed here by date, each side's share translated at
    its own rate."""
    posting = _Posting(history, ledger)
    for document in documents:
        posting.open[document.invoice_id] = document.gross
    happened: list[tuple[date, int, Callable[[], None]]] = []
    for receipt in cash.receipts:
        _write_receipt(seed, receipt, history)
        happened.append((receipt.received_on, 0, partial(posting.receive, receipt)))
        if receipt.reversed_on is not None:
            happened.append((receipt.reversed_on, 3, partial(posting.take_back, receipt)))
    for application in cash.applications:
        _write_application(application, history)
        happened.append((application.applied_on, 1, partial(posting.apply, application)))
        if application.reversed_on is not None:
            happened.append((application.reversed_on, 2, partial(posting.undo, application)))
    for _, _, post in sorted(happened, key=lambda event: event[:2]):
        post()


class _Posting:
    def __init__(self, history: History, ledger: Ledger) -> None:
        self._history, self._ledger = history, ledger
        self.open: dict[str, Decimal] = {}

    def receive(self, receipt: Receipt) -> None:
        self.open[receipt.payment_id] = receipt.amount
        self._post_receipt(receipt, receipt.received_on, 1)

    def take_back(self, receipt: Receipt) -> None:
        self.open[receipt.payment_id] = ZERO
        self._post_receipt(receipt, receipt.reversed_on or receipt.received_on, -1)

    def _post_receipt(self, receipt: Receipt, on: date, sign: int) -> None:
        base = sign * to_base(receipt.amount, receipt.rate)
        amount, customer_id = (
            sign * receipt.amount,
            receipt.client.customer_id if receipt.client else None,
        )
        self._ledger.post(
            on,
            at(on, 14),
            "receipt",
            receipt.reference if sign > 0 else f"Returned: {receipt.reference}",
            [
                Entry(BANKS[receipt.currency], base, receipt.currency, amount, customer_id),
                Entry(RECEIVABLE, -base, receipt.currency, -amount, customer_id),
            ],
            document_id=receipt.payment_id,
        )

    def apply(self, application: Application) -> None:
        self._post_application(application, application.applied_on, application.amount)

    def undo(self, application: Application) -> None:
        invoice_id, on = (
            application.invoice.invoice_id,
            application.reversed_on or application.applied_on,
        )
        if not self.open[invoice_id]:
            self._history.change("invoices", at(on, 15), invoice_id, status="posted")
        self._post_application(application, on, -application.amount)

    def _post_application(self, application: Application, on: date, amount: Decimal) -> None:
        invoice, source = application.invoice, application.source
        cleared = self._clear(invoice.invoice_id, amount, invoice.rate)
        given = cleared if source is None else self._clear(_id(source), amount, source.rate)
        customer_id = invoice.client.customer_id
        if source is None:
            entries = [
                Entry(_GIVEN_UP[application.kind], cleared, invoice.currency, amount, customer_id),
                Entry(RECEIVABLE, -cleared, invoice.currency, -amount, customer_id),
            ]
            name = application.kind.replace("_", " ").capitalize()
            journal = self._ledger.manual(
                on, at(on, 14, 30), "manual", f"{name}: {invoice.number}", entries
            )
            journal.document_id = application.application_id
        elif given != cleared:
            self._ledger.post(
                on,
                at(on, 14, 30),
                "other",
                f"Exchange difference on {invoice.number}",
                [
                    Entry(RECEIVABLE, given - cleared, customer_id=customer_id),
                    Entry(EXCHANGE, cleared - given),
                ],
                document_id=application.application_id,
            )
        for document in (invoice, source):
            if isinstance(document, Document) and (
                not self.open[document.invoice_id] or document.fate == "short"
            ):
                self._history.change("invoices", at(on, 14, 45), document.invoice_id, status="paid")

    def _clear(self, item: str, amount: Decimal, rate: Decimal) -> Decimal:
        """Take an amount off an open item; what that is in euros, so that the rest stays what its
        own rate makes it."""
        before = to_base(self.open[item], rate)
        self.open[item] -= amount
        return before - to_base(self.open[item], rate)


def _id(source: Receipt | Document) -> str:
    return source.payment_id if isinstance(source, Receipt) else source.invoice_id


def _write_receipt(seed: int, receipt: Receipt, history: History) -> None:
    chance = draws(seed, "receipt", receipt.payment_id)
    landed = at(receipt.received_on, 13)
    row = {
        "payment_id": receipt.payment_id,
        "customer_id": receipt.client.customer_id if receipt.client else None,
        "received_on": receipt.received_on,
        "amount": receipt.amount,
        "currency": receipt.currency,
        "exchange_rate": receipt.rate
        if receipt.currency != BASE and chance.random() < 0.98
        else None,
        "method": chance.choice(("transfer", "transfer", "transfer", "direct debit")),
        "reference": receipt.reference,
        "bank_transaction_id": receipt.bank_transaction_id,
        "status": "received",
    }
    history.add("payments", landed, row)
    line, currency = receipt.bank_transaction_id, receipt.currency
    if line == f"B-{receipt.payment_id}":
        # A receipt that is booked twice names the bank's line of the first.
        bank_line(history, line, receipt.received_on, receipt.amount, currency, receipt.reference)
    if receipt.reversed_on is not None:
        reversed_ = {"status": "reversed", "reversed_on": receipt.reversed_on}
        history.change("payments", at(receipt.reversed_on, 13), receipt.payment_id, **reversed_)
        bank_line(
            history,
            f"{line}-R",
            receipt.reversed_on,
            -receipt.amount,
            currency,
            f"Returned: {receipt.reference}",
        )


def bank_line(
    history: History, name: str, on: date, amount: Decimal, currency: str, reference: str
) -> None:
    """One line of the bank's statement."""
    row = {
        "bank_transaction_id": name,
        "account_code": BANKS[currency],
        "transacted_on": on,
        "amount": amount,
        "currency": currency,
        "reference": reference,
    }
    history.add("bank_transactions", at(on, 12), row)


def _write_application(application: Application, history: History) -> None:
    source = application.source
    row = {
        "application_id": application.application_id,
        "payment_id": source.payment_id if isinstance(source, Receipt) else None,
        "credit_note_id": source.invoice_id if isinstance(source, Document) else None,
        "invoice_id": application.invoice.invoice_id,
        "kind": application.kind,
        "applied_on": application.applied_on,
        "amount": application.amount,
        "payment_amount": application.amount if isinstance(source, Receipt) else None,
        "reversed_on": None,
    }
    history.add("payment_applications", at(application.applied_on, 14, 20), row)
    if application.reversed_on is not None:
        on = application.reversed_on
        history.change(
            "payment_applications", at(on, 14, 20), application.application_id, reversed_on=on
        )
