"""How clients settle: late, in batches, in parts, with credit notes, discounts and bank charges.

What becomes of an invoice that is not simply paid is its `fate`, set by the planted faults:
`unpaid` (never), `short` (for good, without a word), `unapplied` (the money is in, and nobody says
what for).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import next_month, working_day
from tieout_demo.recruitment.invoicing.papers import Application, Document, Receipt
from tieout_demo.recruitment.model import BASE, CENT, ZERO, Client, base_rate, cents, draws

BANK_CHARGE = Decimal("12.50")
SHORT = Decimal("0.03")


class Cash:
    """All receipts and applications, as they fall out of the invoices."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.receipts: list[Receipt] = []
        self.applications: list[Application] = []

    def settle(self, documents: Iterable[Document]) -> None:
        by_client: dict[tuple[str, str], list[Document]] = {}
        for document in documents:
            if document.voided_on is None:
                by_client.setdefault((document.client.customer_id, document.currency), []).append(
                    document
                )
        for (customer_id, currency), theirs in by_client.items():
            self._settle_client(draws(self._seed, "cash", customer_id, currency), theirs)
        self._number()

    def _settle_client(self, chance: random.Random, documents: list[Document]) -> None:
        invoices = [document for document in documents if not document.is_credit]
        plan = {invoice.invoice_id: _pays_on(chance, invoice) for invoice in invoices}
        for credit in (document for document in documents if document.is_credit):
            self._use_credit(credit, invoices, plan)
        batches: dict[date, list[tuple[Document, Decimal]]] = {}
        for invoice in invoices:
            if invoice.open <= ZERO or invoice.fate == "unpaid":
                continue
            for on, amount in self._parts(chance, invoice, plan[invoice.invoice_id]):
                batches.setdefault(on, []).append((invoice, amount))
        for on, parts in sorted(batches.items()):
            self._receive(chance, on, parts)

    def _use_credit(
        self, credit: Document, invoices: list[Document], plan: dict[str, date]
    ) -> None:
        """Against what it corrects if that is still open, else against the client's next
        invoices."""
        first = [invoice for invoice in invoices if invoice is credit.corrects]
        for invoice in first + [invoice for invoice in invoices if invoice is not credit.corrects]:
            on = working_day(max(credit.issued_on, invoice.issued_on) + timedelta(days=1))
            if credit.open <= ZERO:
                return
            if invoice.open <= ZERO or on >= plan[invoice.invoice_id] or invoice.fate:
                continue
            amount = min(credit.open, invoice.open)
            self._apply("credit_note", invoice, on, amount, credit)

    def _parts(
        self, chance: random.Random, invoice: Document, on: date
    ) -> list[tuple[date, Decimal]]:
        """When it is paid and how much each time; what will not come is applied here as discount or
        write-off."""
        luck = chance.random()
        if invoice.fate:
            kept_back = (
                max(cents(invoice.open * SHORT), Decimal(20)) if invoice.fate == "short" else ZERO
            )
            return [(on, invoice.open - kept_back)]
        if invoice.client.takes_discount and luck < 0.7:
            early = working_day(invoice.issued_on + timedelta(days=8))
            discount = cents(invoice.open * 2 / 100)
            self._apply("discount", invoice, early, discount)
            return [(early, invoice.open)]
        if luck < 0.03:
            first = cents(invoice.open * chance.randrange(40, 70) / 100)
            return [
                (on, first),
                (working_day(on + timedelta(days=chance.randrange(12, 22))), invoice.open - first),
            ]
        if luck < 0.06 and invoice.currency != BASE and invoice.open > 10 * BANK_CHARGE:
            # The bank keeps its charge: it is booked with the receipt.
            self._apply("write_off", invoice, on, BANK_CHARGE)
            return [(on, invoice.open)]
        if luck > 0.997:
            self._apply(
                "write_off", invoice, working_day(invoice.due_on + timedelta(days=50)), invoice.open
            )
            return []
        return [(on, invoice.open)]

    def _receive(
        self, chance: random.Random, on: date, parts: list[tuple[Document, Decimal]]
    ) -> None:
        client = parts[0][0].client
        unnamed = [part for part in parts if part[0].fate == "unapplied"]
        if unnamed and len(parts) > len(unnamed):
            self._receive(chance, on, unnamed)
            parts = [part for part in parts if part not in unnamed]
        receipt = self._receipt(client, on, parts)
        if parts[0][0].fate == "unapplied":
            receipt.reference = "payment, thank you"
            return
        bounces, slow = chance.random() < 0.005, chance.random() < 0.06
        applied_on = (
            working_day(on + timedelta(days=chance.randrange(2, 9))) if slow and not bounces else on
        )
        for invoice, amount in parts:
            self._apply("payment", invoice, applied_on, amount, receipt)
        if bounces:
            receipt.reversed_on = working_day(on + timedelta(days=3))
            for application in self.applications[-len(parts) :]:
                application.reversed_on = receipt.reversed_on
                application.invoice.open += application.amount
            again = self._receipt(client, working_day(on + timedelta(days=8)), parts)
            for invoice, amount in parts:
                self._apply("payment", invoice, again.received_on, amount, again)

    def _receipt(self, client: Client, on: date, parts: list[tuple[Document, Decimal]]) -> Receipt:
        amount = sum((amount for _, amount in parts), ZERO)
        named = [invoice.number for invoice, _ in parts]
        currency = parts[0][0].currency
        reference = ", ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
        receipt = Receipt(
            client, on, amount, currency, reference, base_rate(currency, on), open=amount
        )
        self.receipts.append(receipt)
        return receipt

    def _apply(
        self,
        kind: str,
        invoice: Document,
        on: date,
        amount: Decimal,
        source: Receipt | Document | None = None,
    ) -> None:
        if amount < CENT:
            return
        invoice.open -= amount
        if source is not None:
            source.open -= amount
        self.applications.append(Application(kind, invoice, on, amount, source))

    def _number(self) -> None:
        self.receipts.sort(key=lambda receipt: receipt.received_on)
        for index, receipt in enumerate(self.receipts, 1):
            receipt.payment_id, receipt.bank_transaction_id = f"R{index:06}", f"B-R{index:06}"
        self.applications.sort(key=lambda application: application.applied_on)
        for index, application in enumerate(self.applications, 1):
            application.application_id = f"A{index:06}"


def _pays_on(chance: random.Random, invoice: Document) -> date:
    client = invoice.client
    late = min(client.days_late, 9) if client.pays_monthly else client.days_late
    on = max(
        invoice.due_on + timedelta(days=late + chance.randrange(-2, 6)),
        invoice.issued_on + timedelta(days=4),
    )
    if client.pays_monthly:
        run = on.replace(day=27)
        on = run if run >= on else next_month(on).replace(day=27)
    return working_day(on)
