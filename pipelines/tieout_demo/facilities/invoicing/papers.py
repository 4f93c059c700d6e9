"""The documents of the ledger, before Xero's field names: invoices, credit notes, receipts, bills,
journals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, cents
from tieout_demo.facilities.model import Change, Customer, Delivery, Job, Product, Ticket

CORRECTIVE = frozenset({"return", "quantity", "duplicate", "cancellation"})


@dataclass
class BillItem:
    """Something that may be billed on a day: the bridge from work to billing."""

    job: Job
    product: Product
    quantity: Decimal
    unit_price: Decimal
    discount_pct: int
    net: Decimal
    text: str
    on: date
    deliveries: list[Delivery] = field(default_factory=list)
    ticket: Ticket | None = None
    change: Change | None = None
    period: tuple[date, date] | None = None
    phantom: bool = False  # what it bills never happened


@dataclass
class PaperLine:
    ident: str
    text: str
    quantity: Decimal
    unit_price: Decimal
    discount_pct: int
    net: Decimal
    tax: Decimal
    tax_type: str
    account: str
    item_code: str | None
    job: Job | None = None  # the job it is for
    told: bool = True  # whether the document says so
    tracked: bool = False  # … by its tracking option
    worth: Decimal | None = None  # net in the job's currency, where the document has another
    item: BillItem | None = None


@dataclass
class Paper:
    """An invoice or a credit note. `rate` is base currency for one unit of its own."""

    ident: str
    key: str
    customer: Customer
    created: datetime
    posted: datetime
    issued: date
    due: date
    currency: str
    rate: Decimal
    line_amounts: str  # Exclusive, Inclusive, NoTax
    reference: str
    lines: list[PaperLine]
    number: str = ""
    is_credit: bool = False
    on_twin: bool = False
    voided: datetime | None = None
    edited: datetime | None = None  # posted, then corrected: reference and account
    edited_from: str = ""  # the reference it had before
    off_by: Decimal = ZERO  # header ≠ lines + tax
    dated: date | None = None  # the accounting date, where it isn't the issue date
    reason: str = ""
    corrects: Paper | None = None

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax + self.off_by

    def base(self, amount: Decimal) -> Decimal:
        return cents(amount * self.rate)


@dataclass
class Allocation:
    """Part of a credit note or of a receipt on account, set against an invoice."""

    ident: str
    invoice: Paper
    at: datetime
    amount: Decimal


@dataclass
class Credit:
    paper: Paper
    allocations: list[Allocation] = field(default_factory=list)


@dataclass
class Receipt:
    """Cash against one invoice (Xero: Payment)."""

    ident: str
    invoice: Paper
    at: datetime
    amount: Decimal
    rate: Decimal
    reference: str
    reversed: datetime | None = None
    batch: str | None = None


@dataclass
class OnAccount:
    """Cash without an invoice (Xero: Overpayment, Prepayment), and what later became of it."""

    ident: str
    kind: str  # over, pre
    customer: Customer
    currency: str
    at: datetime
    amount: Decimal
    rate: Decimal
    reference: str
    allocations: list[Allocation] = field(default_factory=list)
    on_twin: bool = False


@dataclass
class Bill:
    """A supplier's invoice (Xero: ACCPAY), in base currency."""

    ident: str
    number: str
    supplier: str
    created: datetime
    issued: date
    due: date
    lines: list[tuple[str, str, Decimal, Decimal, str | None]]  # text, account, net, tax, job code
    paid: datetime | None

    @property
    def net(self) -> Decimal:
        return sum((line[2] for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((line[3] for line in self.lines), ZERO)


@dataclass
class Entry:
    account: str
    amount: Decimal  # base currency, debit positive
    text: str = ""
    job: str | None = None
    tax: Decimal = ZERO
    tax_type: str | None = None


@dataclass
class Journal:
    ident: str
    on: date
    at: datetime
    source_type: str
    source: str
    reference: str
    entries: list[Entry]
    narration: str = ""  # manual journals
    number: int = 0


@dataclass
class CashMove:
    """Money in or out without an invoice (Xero: BankTransaction)."""

    ident: str
    kind: str  # RECEIVE, SPEND
    on: date
    at: datetime
    amount: Decimal  # base currency, positive
    account: str  # the other side
    text: str
    bank: str = "090"
