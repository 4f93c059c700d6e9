"""The nouns of the recruitment arm, as its simulation passes them on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tieout_demo import fx

SYSTEM = "recruitment"
BASE = "EUR"
FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 9, 30)
CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def draws(seed: int, *about: object) -> random.Random:
    """A generator for one purpose, so that a draw more in one place changes nothing in another."""
    return random.Random(" ".join(str(part) for part in (seed, *about)))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def to_base(amount: Decimal, rate: Decimal) -> Decimal:
    return cents(amount * rate)


def base_rate(currency: str, on: date) -> Decimal:
    """The ledger's currency for one unit of a document's."""
    return fx.rate(currency, BASE, on)


@dataclass(frozen=True)
class Client:
    customer_id: str
    name: str
    country: str
    currency: str
    tax_code: str
    terms: int
    billing_period: str
    # one invoice for all ("combined"), one a placement ("each"), or two cost centres ("split")
    style: str
    days_late: int
    pays_monthly: bool
    takes_discount: bool


@dataclass(frozen=True)
class Product:
    product_id: str
    code: str
    name: str
    category: str
    unit: str
    skill: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Worker:
    person_id: str
    name: str


@dataclass(frozen=True)
class Rate:
    rate_id: str
    charge: Decimal
    pay: Decimal
    starts_on: date
    agreed_at: datetime


@dataclass
class Placement:
    """Somebody who works for a client by the week. `last_day` is the Sunday on which it really
    ended or will end."""

    number: int
    client: Client
    worker: Worker
    recruiter_id: str
    product: Product
    weekly: Decimal
    agreed_on: date
    starts_on: date
    planned_end: date
    last_day: date
    rates: list[Rate]
    pay_cycle: int  # weeks
    expense_budget: Decimal
    has_deal: bool

    @property
    def job_id(self) -> str:
        return f"PL-{self.number}"

    @property
    def job_ref(self) -> str:
        return f"NP-{self.number}"

    @property
    def contract_id(self) -> str:
        return f"CT-{self.number}"

    @property
    def deal_id(self) -> str | None:
        return f"OP-{self.number}" if self.has_deal else None

    @property
    def currency(self) -> str:
        return self.client.currency

    @property
    def planned(self) -> Decimal:
        """The quantity that was agreed at first."""
        return self.weekly * (((self.planned_end - self.starts_on).days + 1) // 7)

    @property
    def booked(self) -> Decimal:
        """What it was worth when it was agreed, its budget for expenses in the deal included."""
        return self.planned * self.rates[0].charge + (self.expense_budget if self.has_deal else 0)

    @property
    def clocked_per_unit(self) -> int:
        """Some who are hired by the day clock hours."""
        return 8 if self.product.unit == "day" and self.number % 3 == 0 else 1

    def rate_on(self, on: date) -> Rate:
        return [rate for rate in self.rates if rate.starts_on <= on][-1]

    def weeks(self) -> list[date]:
        """The Mondays of every week it ran."""
        count = ((self.last_day - self.starts_on).days + 1) // 7
        return [self.starts_on + timedelta(weeks=week) for week in range(count)]


@dataclass
class Permanent:
    """Somebody whom a client employed, for a fee."""

    number: int
    client: Client
    worker: Worker
    recruiter_id: str
    product: Product
    salary: Decimal
    fee_pct: Decimal
    rebate_days: int
    rebate_pct: Decimal
    agreed_on: date
    starts_on: date
    left_on: date | None
    billed_on_order: bool
    has_deal: bool
    invoiced: bool = True
    rebated: bool = True

    @property
    def job_id(self) -> str:
        return f"PP-{self.number}"

    @property
    def job_ref(self) -> str:
        return f"NP-{self.number}"

    @property
    def contract_id(self) -> str:
        return f"CT-{self.number}"

    @property
    def deal_id(self) -> str | None:
        return f"OP-{self.number}" if self.has_deal else None

    @property
    def start_id(self) -> str:
        return f"ST-{self.number}"

    @property
    def fee(self) -> Decimal:
        return cents(self.salary * self.fee_pct / 100)

    @property
    def rebate(self) -> Decimal:
        """What the client gets back: nothing, unless the person left inside the rebate period."""
        if self.left_on is None or (self.left_on - self.starts_on).days > self.rebate_days:
            return ZERO
        return cents(self.fee * self.rebate_pct / 100)


@dataclass
class Work:
    """A week's timesheet, or an expense claim: what is delivered, and what should become of it."""

    delivery_id: str
    placement: Placement
    kind: str  # time or expense
    monday: date
    quantity: Decimal
    value: Decimal | None
    approved_at: datetime
    rejected_at: datetime | None = None
    billed: bool = True
    paid: bool = True
    billed_quantity: Decimal | None = None
    billed_rate: Decimal | None = None
    paid_rate: Decimal | None = None
    corrected_quantity: Decimal | None = (
        None  # what the client and we agreed on later, by a credit note
    )

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def rate(self) -> Rate:
        return self.placement.rate_on(self.sunday)

    @property
    def worth(self) -> Decimal:
        return self.value if self.value is not None else cents(self.quantity * self.rate.charge)


@dataclass(frozen=True)
class Fault:
    """A planted fault: what a control should find, from when on, and what it is worth."""

    control_id: str
    entity: str
    entity_id: str
    value_amount: Decimal
    currency: str
    planted_on: date
    note: str
    source_system: str = SYSTEM
