"""Helpers that turn compact calls into records of the input layer, as an office would keep them.

A `World` holds the tables of all cases; a `Case` writes the sales and operations records of one
of them (`ledger.py` adds bills, receipts and journals). Ids begin with the name of the case.
Numbers are int, str or Decimal, never float; "" is a blank field.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .tables import PRODUCTS, Row, shared

Num = int | str | Decimal
AUTO = "auto"
UNITS = {line.split(",")[1]: line.split(",")[3] for line in PRODUCTS.splitlines()}
IDS = {line.split(",")[1]: line.split(",")[0] for line in PRODUCTS.splitlines()}
RULES = {"fixed_price": "milestone"}


def cents(amount: Num) -> Decimal:
    """The amount in whole cents, half away from zero."""
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def text(amount: Num) -> str:
    """An amount as a file holds it; blank stays blank."""
    return "" if amount == "" else f"{cents(amount):.2f}"


class World:
    """The tables of one company, by system and entity, with the shared records in place."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for system, entity, row in shared():
            self.tables[system, entity].append(row)

    def add(self, system: str, entity: str, **row: str) -> Row:
        """Append one record and return it, so that it can still be edited."""
        self.tables[system, entity].append(row)
        return row


@dataclass(frozen=True)
class Customer:
    """One customer as the office and as the ledger know it."""

    office: str
    ledger: str


@dataclass(frozen=True)
class Job:
    """A job with its deal and contract."""

    id: str
    ref: str
    deal: str
    contract: str
    currency: str
    customer: Customer


@dataclass(frozen=True)
class D:
    """A line of a deal. `net` and `unit` are worked out unless given; "" leaves them blank."""

    product: str
    quantity: Num
    price: Num = ""
    net: Num = AUTO
    discount: Num = ""
    unit: str = AUTO

    def amount(self) -> Num:
        """The net amount that stands on the line ("" where it is left blank)."""
        if self.net != AUTO:
            return self.net
        if self.quantity == "" or self.price == "":
            return ""
        return cents(Decimal(self.quantity) * Decimal(self.price) - Decimal(self.discount or 0))


class Office:
    """Sales and operations of one case."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.count: dict[str, int] = defaultdict(int)
        self.codes, self.units = dict(IDS), dict(UNITS)

    def new(self, kind: str) -> str:
        """The next id of a kind: n01-V1, n01-V2 …"""
        self.count[kind] += 1
        return f"{self.name}-{kind}{self.count[kind]}"

    def customer(
        self,
        name: str,
        tag: str = "",
        country: str = "GB",
        parent: Customer | None = None,
        owner: str = "",
    ) -> Customer:
        """A customer, in both systems, with one tax number; the ledger writes it in capitals."""
        tax = f"{country}{zlib.crc32((self.name + name).encode()) % 900_000_000 + 100_000_000}"
        one = Customer(f"{self.name}-C{tag}", f"{self.name}-CL{tag}")
        self.world.add(
            "office",
            "customers",
            customer_id=one.office,
            customer_name=name,
            tax_number=tax,
            country=country,
            owner_id=owner,
            parent_customer_id=parent.office if parent else "",
        )
        self.world.add(
            "ledger",
            "customers",
            customer_id=one.ledger,
            tax_number=tax,
            customer_name=name.upper(),
            country=country,
        )
        return one

    def product(
        self, tag: str, list_price: Num = "", unit: str = "each", system: str = "catalogue"
    ) -> str:
        """A product of the case's own, in the catalogue; its code."""
        code = f"{self.name}{tag}".upper()
        self.codes[code], self.units[code] = f"{self.name}-{tag}", unit
        self.world.add(
            system,
            "products",
            product_id=f"{self.name}-{tag}",
            product_code=code,
            product_name=f"Part {self.name}{tag}",
            unit=unit,
            currency="GBP",
            list_price=text(list_price),
        )
        return code

    def person(
        self,
        person_id: str,
        name: str,
        system: str = "office",
        email: str = "",
        payroll: str = "",
        role: str = "consultant",
    ) -> str:
        """Somebody who works here, in the records of one system."""
        self.world.add(
            system,
            "people",
            person_id=person_id,
            full_name=name,
            email=email,
            payroll_number=payroll,
            role=role,
            active="true",
        )
        return person_id

    def job(
        self,
        customer: Customer,
        kind: str,
        *lines: D,
        tag: str = "A",
        currency: str = "GBP",
        amount: Num = AUTO,
        won: str = "2026-01-02",
        rates: dict[str, Num] | None = None,
        done: str = "2026-06-12",
        status: str = "completed",
        rule: str = "",
        period: str = "",
        ends: str = "",
        recognition: str = "as_delivered",
        manager: str = "P1",
        contract_in: str = "office",
        retained: str = "",
        deal: bool = True,
    ) -> Job:
        """A won deal with its lines, its contract with rates by product code, and its job."""
        base = f"{self.name}-{tag}"
        job = Job(base, f"JOB-{base}", f"{base}-D", f"{base}-K", currency, customer)
        if amount == AUTO:
            amount = sum((Decimal(line.amount() or 0) for line in lines), Decimal(0))
        if deal:
            self.world.add(
                "office",
                "deals",
                deal_id=job.deal,
                deal_name=f"{self.name} {tag}",
                customer_id=customer.office,
                owner_id="P1",
                stage="won",
                is_closed="true",
                is_won="true",
                amount=text(amount),
                currency=currency,
                won_on=won,
                updated_at=f"{won}T10:00:00",
                created_on="2024-12-02" if won < "2025-10" else "2025-10-01",
            )
        for number, line in enumerate(lines, 1):
            unit = self.units[line.product] if line.unit == AUTO else line.unit
            self.world.add(
                "office",
                "deal_lines",
                deal_line_id=f"{base}-D{number}",
                deal_id=job.deal,
                product_id=self.codes[line.product],
                unit=unit,
                quantity=str(line.quantity),
                unit_price=str(line.price),
                discount_amount=text(line.discount),
                net_amount=text(line.amount()),
            )
        self.world.add(
            contract_in,
            "contracts",
            contract_id=job.contract,
            starts_on=won,
            customer_id=customer.office,
            deal_id=job.deal if deal else "",
            ends_on=ends,
            billing_rule=rule or RULES.get(kind, "on_delivery"),
            billing_period=period,
            billing_window_days="14",
            currency=currency,
            recognition_rule=recognition,
            payment_terms_days="30",
            retention_due_on=retained,
            status="active",
        )
        for product, price in (rates or {}).items():
            self.rate(job, product, price, since=won, system=contract_in)
        self.world.add(
            "office",
            "jobs",
            job_id=job.id,
            job_ref=job.ref,
            job_type=kind,
            deal_id=job.deal if deal else "",
            contract_id=job.contract,
            customer_id=customer.office,
            status=status,
            manager_id=manager,
            planned_start_on=won,
            planned_end_on="2026-12-31",
            started_on=won,
            completed_on=done if status == "completed" else "",
            currency=currency,
            updated_at="2026-06-13T10:00:00",
        )
        return job

    def rate(
        self,
        job: Job,
        product: str,
        price: Num,
        *,
        unit: str = AUTO,
        person: str = "",
        since: str = "2026-01-02",
        until: str = "",
        system: str = "office",
    ) -> None:
        """A charge rate of the job's contract."""
        self.world.add(
            system,
            "contract_rates",
            contract_rate_id=self.new("KR"),
            contract_id=job.contract,
            product_id=self.codes[product],
            person_id=person,
            charge_rate=str(price),
            valid_from=since,
            unit=self.units[product] if unit == AUTO else unit,
            valid_to=until,
        )

    def change(
        self,
        job: Job,
        product: str,
        on: str,
        amount: Num,
        quantity: Num = "",
        status: str = "approved",
    ) -> None:
        """A change order of the job's deal."""
        self.world.add(
            "office",
            "change_orders",
            change_order_id=self.new("CO"),
            deal_id=job.deal,
            job_id=job.id,
            product_id=self.codes[product],
            status=status,
            approved_on=on if status == "approved" else "",
            quantity_delta=str(quantity),
            amount_delta=text(amount),
            unit=self.units[product] if quantity != "" else "",
            currency=job.currency,
            reason="agreed",
            updated_at=f"{on}T10:00:00",
        )

    def order_line(
        self,
        job: Job,
        product: str,
        quantity: Num,
        price: Num = "",
        *,
        net: Num = AUTO,
        discount: Num = "",
        unit: str = AUTO,
    ) -> str:
        """A line of what the order was placed for (`job_lines`); its id."""
        line = D(product, quantity, price, net, discount, unit)
        line_id = self.new("L")
        self.world.add(
            "office",
            "job_lines",
            job_line_id=line_id,
            job_id=job.id,
            product_id=self.codes[product],
            quantity=str(quantity),
            unit=self.units[product] if unit == AUTO else unit,
            unit_price=str(price),
            discount_amount=text(discount),
            net_amount=text(line.amount()),
            currency=job.currency,
            planned_on="2026-01-05",
            updated_at="2026-01-05T11:00:00",
        )
        return line_id

    def _deliver(
        self,
        job: Job,
        on: str,
        kind: str,
        product: str,
        quantity: Num,
        unit: str,
        line: str = "",
        person: str = "",
        value: Num = "",
    ) -> str:
        delivery = self.new("V")
        self.world.add(
            "office",
            "deliveries",
            delivery_id=delivery,
            job_id=job.id,
            job_line_id=line,
            product_id=self.codes[product],
            person_id=person,
            delivery_type=kind,
            status="approved",
            billable="true",
            delivered_on=on,
            approved_on=on,
            quantity=str(quantity),
            accepted_on=on if kind == "milestone" else "",
            unit=self.units[product] if unit == AUTO else unit,
            value_amount=text(value),
            updated_at=f"{on}T18:00:00",
        )
        return delivery

    def work(
        self,
        job: Job,
        on: str,
        quantity: Num,
        product: str = "HOURS",
        *,
        unit: str = AUTO,
        person: str = "P2",
        line: str = "",
    ) -> str:
        """An approved timesheet."""
        return self._deliver(job, on, "time", product, quantity, unit, line, person)

    def ship(
        self,
        job: Job,
        on: str,
        quantity: Num,
        product: str = "WIDGET",
        *,
        line: str = "",
        unit: str = AUTO,
    ) -> str:
        """A shipment (or, negative, a return) with its stock move of the same day."""
        delivery = self._deliver(job, on, "shipment", product, quantity, unit, line)
        self.world.add(
            "office",
            "stock_moves",
            stock_move_id=f"{delivery}S",
            moved_on=on,
            delivery_id=delivery,
            product_id=self.codes[product],
            quantity=str(-Decimal(quantity)),
        )
        return delivery

    def milestone(self, job: Job, on: str, value: Num, product: str = "FIT") -> str:
        """A milestone that the customer accepted on the day, with its own value."""
        return self._deliver(job, on, "milestone", product, 1, AUTO, value=value)

    def expense(self, job: Job, on: str, value: Num, product: str = "TRAVEL") -> str:
        """A billable expense at the source's value."""
        return self._deliver(job, on, "expense", product, 1, AUTO, value=value)

    def month(self, job: Job, on: str, product: str = "SUPPORT") -> str:
        """A month of support, as material, as the office books it."""
        return self._deliver(job, on, "material", product, 1, AUTO)
