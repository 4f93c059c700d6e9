"""The nouns of the facilities arm: who buys, what is sold, and what is done. Amounts are in the
deal's currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO


@dataclass
class Party:
    """How one system spells one customer."""

    ident: str
    name: str
    legal_name: str | None
    tax_number: str | None
    registration: str | None
    website: str | None
    email: str | None
    phone: str | None
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    added: datetime
    crm_ref: str | None = None
    parent: str | None = None


@dataclass
class Customer:
    number: int
    name: str
    country: str
    currency: str
    since: date
    terms_days: int
    crm: Party
    ops: Party
    books: Party
    crm_twin: Party | None = None  # the same customer a second time, by mistake
    books_twin: Party | None = None


@dataclass(frozen=True)
class Product:
    ident: str
    sku: str
    name: str
    category: str
    unit: str
    price: Decimal  # GBP
    cost: Decimal  # GBP
    tax_class: str  # standard, reduced, zero
    skill: str
    account: str
    tariff: bool = False  # listed in the ledger under a slightly different code


@dataclass
class Person:
    number: int
    name: str
    email: str
    title: str
    team: str
    region: str
    skill: str
    hourly_cost: Decimal
    reports_to: int | None


@dataclass(frozen=True)
class Owner:
    ident: str
    first_name: str
    last_name: str
    email: str
    team: str
    archived: bool


@dataclass
class Line:
    """A line of a deal. `net` is what was agreed; `list_net` what was first offered. Of the planned
    cost a part may be a subcontractor's."""

    ident: str
    product: Product
    quantity: Decimal
    unit_price: Decimal
    discount_pct: int
    planned_hours: Decimal
    planned_cost: Decimal
    planned_subcontract: Decimal = Decimal(0)

    @property
    def discount(self) -> Decimal:
        return (self.quantity * self.unit_price * self.discount_pct / 100).quantize(Decimal("0.01"))

    @property
    def net(self) -> Decimal:
        return (self.quantity * self.unit_price).quantize(Decimal("0.01")) - self.discount

    @property
    def unit_net(self) -> Decimal:
        return self.unit_price * (100 - self.discount_pct) / 100


@dataclass
class Deal:
    ident: str
    number: int
    kind: str  # fixed_price, time_and_materials, product_order
    name: str
    customer: Customer
    owner: Owner | None
    currency: str
    created: date
    proposed: date
    decided: date
    won: bool
    lines: list[Line]
    rule: str
    period: str | None
    starts: date
    ends: date
    skill: str
    on_twin: bool = False  # hangs on the customer's second record
    header_off_by: Decimal = ZERO
    required: str | None = None  # the skill asked for, where it isn't the trade of its lines
    edited: date | None = None  # a line edited after the deal was won …
    edited_to: Decimal | None = None  # … to this quantity

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)


@dataclass
class Rate:
    ident: str
    product: Product
    unit: str
    charge: Decimal
    valid_from: date
    valid_to: date | None


@dataclass
class Contract:
    ident: str
    deal: Deal
    deal_ref: str | None
    starts: date
    ends: date
    window_days: int
    recognition: str
    rates: list[Rate] = field(default_factory=list)


@dataclass
class Change:
    ident: str
    line: Line
    proposed: date
    decided: date | None
    status: str
    quantity: Decimal
    amount: Decimal
    reason: str


@dataclass
class Ticket:
    ident: str
    line: Line
    stage: str
    booked_for: date
    finished: date | None
    signed_off: date | None
    planned_hours: Decimal
    opened: date
    worth: Decimal = (
        ZERO  # a fixed-price line without milestones is delivered when its ticket is finished
    )


@dataclass
class Delivery:
    ident: str  # TS-, MU-, EX-, MS-, DN-
    kind: str
    line: Line
    ticket: Ticket
    on: date
    entered: datetime
    approved: datetime | None  # None: never
    quantity: Decimal
    unit: str
    value: Decimal  # what it is worth by the contract, whether billed or not
    billable: bool
    person: Person | None = None
    accepted: date | None = None
    title: str = ""
    rejected: datetime | None = None
    deleted: datetime | None = None  # keyed by mistake and removed: nothing of it stays
    remarked: datetime | None = None  # a remark added after approval

    @property
    def counts(self) -> bool:
        return self.approved is not None and (self.kind != "milestone" or self.accepted is not None)


@dataclass
class Cost:
    ident: str
    kind: str
    on: date
    entered: datetime
    amount: Decimal  # GBP
    quantity: Decimal
    source: str | None = None
    person: Person | None = None
    supplier: str | None = None
    supplier_invoice: str | None = None


@dataclass
class StockMove:
    ident: str
    delivery: Delivery
    quantity: Decimal
    on: date
    cost: Decimal  # GBP


@dataclass
class Job:
    number: int
    deal: Deal
    contract: Contract
    opened: datetime
    supervisor: Person | None
    deal_ref: str | None
    started: date
    completed: date | None
    cancelled: date | None = None
    tickets: list[Ticket] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    late_accrual: date | None = None  # the month end at which this job's accrual was forgotten

    @property
    def code(self) -> str:
        return f"JOB-{self.number:05d}"

    def earnings(self) -> list[tuple[date, Decimal]]:
        """What was delivered, by day, in the job's currency."""
        counted = [
            (delivery.on, delivery.value)
            for delivery in self.deliveries
            if delivery.counts and delivery.billable
        ]
        return counted + [
            (ticket.finished, ticket.worth)
            for ticket in self.tickets
            if ticket.finished and ticket.worth
        ]
