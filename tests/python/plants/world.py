"""One company: its customers, its people, and the records that a situation leaves with them.

A `Sit` (situation) is one job with its deal, contract, work and labels. All ids of its own records
begin with its code (K0001 …), so that whoever scores knows to which situation a record belongs.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .days import AS_OF, FIRST, Rates, business, cents, plus
from .names import CITIES, Names
from .tables import PRODUCTS, TAXES, Key, Row

Num = int | str | Decimal
COUNTRIES = {"GBP": "GB", "ZERO": "JE", "EUR": "DE", "USD": "US", "NOK": "NO"}
HABITS = ("each", "batch", "partial", "fee", "discount", "account")


@dataclass
class Customer:
    """A customer as sales and as finance know it. `kind` GBP is taxed, the others are not."""

    crm: str
    ledger: str
    name: str
    kind: str
    habit: str

    @property
    def currency(self) -> str:
        """The currency of its contracts."""
        return "GBP" if self.kind == "ZERO" else self.kind

    def product(self, code: str) -> str:
        """The product code as it is sold to this customer."""
        return code if self.kind == "GBP" else f"{code}-X"


@dataclass
class Label:
    """What a fault is expected to make speak."""

    control: str
    entity: str
    entity_id: str
    value: Decimal | None
    scope: str
    sure: bool = True
    either: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    needs: str = ""
    note: str = ""


@dataclass
class World:
    """The tables of one company and what its generator remembers."""

    seed: int
    clean: bool
    tables: dict[Key, list[Row]] = field(default_factory=lambda: defaultdict(list))
    earlier: dict[Key, list[Row]] = field(default_factory=lambda: defaultdict(list))
    labels: list[Label] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.names = Names(self.rng)
        self.rates = Rates(self.rng, not self.clean)
        self.counts: dict[str, int] = defaultdict(int)
        self.sits: list[Sit] = []
        self.pool: dict[str, list[Customer]] = defaultdict(list)
        self.office_staff: dict[str, list[str]] = defaultdict(list)
        for role, count, team in (
            ("salesperson", 6, "Sales"),
            ("manager", 5, "Delivery"),
            ("engineer", 12, "Delivery"),
        ):
            for _ in range(count):
                self.office_staff[role].append(self.person(role, team))
        self.catalogue()

    def add(self, system: str, entity: str, /, **row: Any) -> Row:
        """Append one record and return it, so that it can still be edited."""
        self.tables[system, entity].append(row)
        return row

    def count(self, kind: str) -> int:
        """The next number of a kind."""
        self.counts[kind] += 1
        return self.counts[kind]

    def person(self, role: str, team: str, skills: str = "", hours: Num = "37.5") -> str:
        """Somebody who works here; only the personnel system knows people."""
        number = self.count("person")
        name = self.names.person()
        self.add(
            "hr",
            "people",
            person_id=f"E{number:04d}",
            full_name=name,
            role=role,
            team=team,
            email=f"{name.lower().replace(' ', '.')}@ourcompany.example",
            skills=skills,
            payroll_number=f"PY{7000 + number}",
            weekly_capacity_hours=hours,
            active=True,
            standard_cost_rate="52" if role == "engineer" else None,
        )
        return f"E{number:04d}"

    def pick(self, role: str) -> str:
        """Somebody of a role."""
        return self.rng.choice(self.office_staff[role])

    def catalogue(self) -> None:
        """Products, price lists and tax rates; only the CRM knows products."""
        for code, (pid, name, category, unit, listed, cost, tax) in PRODUCTS.items():
            self.add(
                "crm",
                "products",
                product_id=pid,
                product_code=code,
                product_name=name,
                unit=unit,
                product_category=category,
                list_price=listed,
                standard_cost=cost,
                tax_code=tax,
                currency="GBP",
            )
            for currency in ("EUR", "USD", *(() if self.clean else ("NOK",))):
                if listed and code.endswith("-X"):
                    self.add(
                        "crm",
                        "price_list_entries",
                        price_list_entry_id=f"PL-{pid}-{currency}",
                        product_id=pid,
                        currency=currency,
                        unit=unit,
                        valid_from=date(2025, 1, 1),
                        list_price=self.price(code, currency),
                    )
        for tax, category, pct, first, last in TAXES:
            self.add(
                "ledger",
                "tax_rates",
                tax_code=tax,
                product_category=category,
                rate_pct=pct,
                valid_from=first,
                valid_to=last,
            )

    @staticmethod
    def price(code: str, currency: str) -> Decimal:
        """The list price of a product in a currency."""
        factor = {"GBP": "1", "EUR": "1.18", "USD": "1.3", "NOK": "13.5"}[currency]
        return cents(Decimal(PRODUCTS[code][4]) * Decimal(factor)).quantize(Decimal("1.0"))

    def customer(self, kind: str, pooled: bool = True) -> Customer:
        """A new customer of a kind (GBP, ZERO, EUR, USD, NOK), in both systems."""
        number, country = self.count("customer"), COUNTRIES[kind]
        name, form = self.names.company(country)
        tax = f"{country}{self.rng.randint(100_000_000, 999_999_999)}"
        same: Row = {
            "tax_number": tax,
            "country": country,
            "city": self.rng.choice(CITIES),
            "postal_code": f"{name[:2].upper()}{number} {self.rng.randint(1, 9)}XQ",
            "address_line": self.names.street(),
            "email": f"accounts@{name.split()[0].lower()}.example",
        }
        one = Customer(f"C{number:04d}", f"L{30000 + number}", name, kind, "each")
        allowed = HABITS if kind == "GBP" else ("each", "batch", "fee", "account")
        one.habit = self.rng.choice(allowed)
        self.add(
            "crm",
            "customers",
            customer_id=one.crm,
            customer_name=f"{name} {form}",
            owner_id=self.pick("salesperson"),
            created_at="2025-05-05T09:00:00",
            **same,
        )
        self.add(
            "ledger",
            "customers",
            customer_id=one.ledger,
            created_at="2025-05-06T09:00:00",
            customer_name=f"{name} {form}".upper().replace(" LTD", " LIMITED"),
            **same,
        )
        if pooled:
            self.pool[kind].append(one)
        return one

    def client(self, *kinds: str) -> Customer:
        """A customer of one of these kinds, known or new."""
        kind = self.rng.choice(kinds or ("GBP", "ZERO", "EUR", "USD"))
        if self.pool[kind] and self.rng.random() < 0.55:
            return self.rng.choice(self.pool[kind])
        return self.customer(kind)

    def day(self, first: date, last: date) -> date:
        """A working day between two days."""
        day = business(plus(first, self.rng.randint(0, max((last - first).days, 0))))
        return day if day <= AS_OF else AS_OF

    def label(
        self,
        sit: Sit | None,
        control: str,
        entity: str,
        entity_id: str,
        value: Decimal | None,
        **more: Any,
    ) -> None:
        """Write down a fault."""
        scope = more.pop("scope", sit.code if sit else "")
        self.labels.append(Label(control, entity, entity_id, value, scope, **more))


class Sit:
    """One situation: deal, contract, job and their work."""

    def __init__(self, world: World, customer: Customer) -> None:
        self.world, self.customer = world, customer
        self.code = f"K{world.count('sit'):04d}"
        self.numbers: dict[str, int] = defaultdict(int)
        self.currency = customer.currency
        self.deal_id = self.contract_id = ""
        self.ref, self.job_id = (
            f"{customer.name.split()[0][:4].upper()}-{self.code[1:]}",
            f"{self.code}-JOB",
        )
        self.done: list[tuple[date, str, Decimal]] = []
        self.recognised: list[tuple[date, str, Decimal, Decimal]] = []
        self.accrue = True
        world.sits.append(self)

    def new(self, kind: str) -> str:
        """The next id of a kind: K0001-V1, K0001-V2 …"""
        self.numbers[kind] += 1
        return f"{self.code}-{kind}{self.numbers[kind]}"

    def gbp(self, amount: Decimal, on: date) -> Decimal:
        """An amount without a rate of its own in sterling: at the table's rate of the day."""
        return cents(amount * (self.world.rates.on(self.currency, on) or Decimal(0)))

    def worth(self, on: date, product: str, amount: Decimal) -> None:
        """Remember that work of a value was delivered."""
        self.done.append((on, product, amount))

    def deal(
        self,
        lines: list[tuple[str, Num, Decimal]],
        won: date,
        amount: Decimal | None = None,
        owner: str | None = None,
        starts: date | None = None,
        ends: date | None = None,
        discount: Decimal = Decimal(0),
        skills: str = "",
        hours: Num | None = None,
    ) -> Decimal:
        """A won deal with lines of (product, quantity, unit price); its amount."""
        w, self.deal_id, total = self.world, f"{self.code}-D", Decimal(0)
        for product, quantity, price in lines:
            pid, name, _, unit, _, cost, _ = PRODUCTS[product]
            whole = cents(Decimal(quantity) * price)
            off = cents(whole * discount)
            planned = Decimal(cost) * Decimal(quantity) if cost else whole * Decimal("0.58")
            service = unit in ("hour", "day", "month", "lot")
            factor = (
                1
                if cost == "" or self.currency == "GBP"
                else 1 / (w.rates.on(self.currency, won) or Decimal(1))
            )
            total += whole - off
            w.add(
                "crm",
                "deal_lines",
                deal_line_id=self.new("DL"),
                deal_id=self.deal_id,
                product_id=pid,
                description=name,
                quantity=quantity,
                unit=unit,
                unit_price=price,
                discount_amount=off,
                net_amount=whole - off,
                planned_cost=cents(planned * factor),
                planned_hours=hours or (cents(planned / 52) if service else None),
                planned_cost_type="expense"
                if product.startswith("TRV")
                else "labour"
                if service
                else "material",
                updated_at=f"{plus(won, -1)}T15:00:00",
            )
        amount = total if amount is None else amount
        w.add(
            "crm",
            "deals",
            deal_id=self.deal_id,
            deal_name=f"{self.customer.name} {self.code}",
            customer_id=self.customer.crm,
            owner_id=w.pick("salesperson") if owner is None else owner,
            stage="won",
            is_closed=True,
            is_won=True,
            amount=amount,
            currency=self.currency,
            probability="1",
            created_on=plus(won, -35),
            proposal_sent_on=plus(won, -14),
            won_on=won,
            expected_close_on=won,
            service_starts_on=starts or plus(won, 7),
            service_ends_on=ends or plus(won, 120),
            required_skills=skills,
            updated_at=f"{won}T10:00:00",
        )
        return total

    def contract(
        self,
        rule: str,
        starts: date,
        ends: date | None = None,
        period: str | None = None,
        window: int | None = 14,
        rates: list[tuple[str, Decimal, Decimal | None, date, date | None]] | None = None,
        **more: Any,
    ) -> None:
        """The contract, with rates of (product, charge rate, pay rate, first day, last day)."""
        self.contract_id = f"{self.code}-K"
        row: Row = {
            "contract_id": self.contract_id,
            "customer_id": self.customer.crm,
            "deal_id": self.deal_id,
            "starts_on": starts,
            "ends_on": ends,
            "billing_rule": rule,
            "billing_period": period,
            "billing_window_days": window,
            "recognition_rule": "as_delivered",
            "status": "active",
            "payment_terms_days": 30,
            "currency": self.currency,
        }
        self.world.add("crm", "contracts", **(row | more))
        for product, charge, pay, first, last in rates or []:
            self.world.add(
                "crm",
                "contract_rates",
                contract_rate_id=self.new("KR"),
                unit=PRODUCTS[product][3],
                contract_id=self.contract_id,
                product_id=PRODUCTS[product][0],
                pay_rate=pay,
                charge_rate=charge,
                valid_from=first,
                valid_to=last,
            )

    def job(
        self,
        kind: str,
        started: date,
        completed: date | None = None,
        ends: date | None = None,
        **more: Any,
    ) -> None:
        """The job in operations."""
        row: Row = {
            "job_id": self.job_id,
            "job_ref": self.ref,
            "deal_id": self.deal_id,
            "job_type": kind,
            "contract_id": self.contract_id,
            "customer_id": self.customer.crm,
            "started_on": started,
            "status": "completed" if completed else "in_progress",
            "currency": self.currency,
            "manager_id": self.world.pick("manager"),
            "planned_start_on": started,
            "planned_end_on": ends or completed or max(plus(started, 240), AS_OF + timedelta(30)),
            "completed_on": completed,
            "kickoff_ready_on": business(plus(max(started, FIRST), -3)),
            "updated_at": f"{completed or started}T17:00:00",
        }
        row["kickoff_ready_on"] = min(row["kickoff_ready_on"], started)
        self.world.add("office", "jobs", **(row | more))
