"""The papers between the agency and its clients: invoices and credit notes, receipts, and what
settles what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.recruitment.model import ZERO, Client, Permanent, Work


@dataclass
class Line:
    product_code: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    job_ref: str | None
    account: str
    delivery_id: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    tax: Decimal = ZERO
    tax_code: str = ""
    source: Work | Permanent | None = None


@dataclass
class Document:
    """An invoice or a credit note. Numbered once all are known, in the order of issue."""

    client: Client
    issued_on: date
    lines: list[Line]
    currency: str
    corrects: Document | None = None
    reason: str | None = None
    reference: str = ""
    rate: Decimal = Decimal(1)
    invoice_id: str = ""
    number: str = ""
    voided_on: date | None = None
    posted: bool = True
    open: Decimal = ZERO
    fate: str = ""  # what becomes of it when the client doesn't simply pay: see cash.py

    @property
    def is_credit(self) -> bool:
        return self.reason is not None

    @property
    def sign(self) -> int:
        return -1 if self.is_credit else 1

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def due_on(self) -> date:
        return self.issued_on + timedelta(days=self.client.terms)


@dataclass
class Receipt:
    client: Client | None
    received_on: date
    amount: Decimal
    currency: str
    reference: str
    rate: Decimal = Decimal(1)
    payment_id: str = ""
    bank_transaction_id: str = ""
    reversed_on: date | None = None
    open: Decimal = ZERO


@dataclass
class Application:
    """An amount of an invoice settled by a receipt, a credit note, or by giving up on it."""

    kind: str
    invoice: Document
    applied_on: date
    amount: Decimal
    source: Receipt | Document | None = None
    reversed_on: date | None = None
    application_id: str = ""
