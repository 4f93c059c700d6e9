"""Orders, fixed prices, support and permanent placements, each billed by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .days import AS_OF, ZERO, business, cents, month_end, plus
from .ledger import Books, Doc, Line
from .work import Job
from .world import Customer


@dataclass
class Order:
    """A product order with what was shipped and billed."""

    job: Job
    code: str
    price: Decimal
    line: str
    shipped: list[tuple[str, date, int]] = field(default_factory=list)
    bills: list[Doc] = field(default_factory=list)

    def ship(self, on: date, quantity: int, **more: Any) -> str:
        """A shipment of the order's line."""
        delivery = self.job.ship(on, self.code, quantity, self.price, self.line, **more)
        self.shipped.append((delivery, on, quantity))
        return delivery

    def item(
        self, quantity: int, delivery: str = "", price: Decimal | None = None, **more: Any
    ) -> Line:
        """A line of a bill for the order."""
        return Line(
            self.job,
            self.code,
            quantity,
            self.price if price is None else price,
            f"Order {self.job.ref}",
            delivery,
            **more,
        )

    def bill(self, books: Books, on: date, *lines: Line, **more: Any) -> Doc:
        """A bill for the order."""
        doc = books.bill(self.job.code, self.job.customer, on, list(lines), **more)
        self.bills.append(doc)
        return doc


def order(
    customer: Customer,
    books: Books,
    quantity: int,
    placed: date,
    done: date | None = None,
    rule: str = "on_delivery",
    product: str = "PUMP",
    price: Decimal | None = None,
    deal: bool = True,
    **more: Any,
) -> Order:
    """A product order, placed and not yet shipped."""
    w, code = books.world, customer.product(product)
    job = Job(w, customer)
    price = price or w.price(code, job.currency) + w.rng.randint(0, 9)
    if deal:
        job.deal([(code, quantity, price)], placed, **more)
        job.contract(rule, placed, date(2026, 12, 31))
    job.job("product_order", placed, done)
    line = job.order_line(code, quantity, price, plus(placed, 5)) if deal else ""
    return Order(job, code, price, line)


def shipped(
    customer: Customer,
    books: Books,
    first: date,
    lots: int = 1,
    named: bool = True,
    product: str = "PUMP",
    **more: Any,
) -> Order:
    """An order that is shipped in lots and billed lot by lot; all is right with it."""
    rng = books.world.rng
    sizes = [rng.randint(3, 14) for _ in range(lots)]
    days = [business(plus(first, 11 * n + rng.randint(0, 3))) for n in range(lots)]
    one = order(
        customer,
        books,
        sum(sizes),
        plus(first, -rng.randint(8, 20)),
        days[-1] if days[-1] <= AS_OF else None,
        product=product,
        **more,
    )
    for size, on in zip(sizes, days, strict=True):
        delivery = one.ship(on, size)
        billed = business(plus(on, rng.randint(1, 6)))
        if billed <= AS_OF:
            one.bill(books, billed, one.item(size, delivery if named else ""))
    return one


@dataclass
class Phase:
    """A milestone of a fixed price: its day and value; billed on a day, or not at all."""

    on: date
    value: Decimal
    billed: date | None
    accepted: bool = True
    text: str = ""


@dataclass
class Fixed:
    """A fixed price with its milestones and bills."""

    job: Job
    milestones: list[str] = field(default_factory=list)
    bills: list[Doc | None] = field(default_factory=list)


def fixed_price(
    customer: Customer,
    books: Books,
    phases: list[Phase],
    to_come: Decimal = ZERO,
    deposit: Decimal = ZERO,
    retention: Decimal = ZERO,
    due: date | None = None,
    release: date | None = None,
    quoted: bool = False,
    more_hours: int = 0,
    variation: int | None = None,
    **deal: Any,
) -> Fixed:
    """Milestones with hours between them; a deposit set off on the first bill; retention held back.

    `variation` is the number of the phase that an approved change order added.
    """
    w = books.world
    job, code = Job(w, customer), customer.product("FIT")
    sold = sum((p.value for n, p in enumerate(phases) if n != variation), ZERO) + to_come
    won, done = (
        plus(phases[0].on, -40),
        phases[-1].on if not to_come and phases[-1].accepted else None,
    )
    sterling = w.rates.on(job.currency, won) or Decimal(1)
    planned = int(sold * sterling * Decimal("0.58") / 52)
    job.deal([(code, 1, sold)], won, hours=planned, **deal)
    job.contract(
        "milestone", won, date(2026, 12, 31), retention_pct=retention or None, retention_due_on=due
    )
    job.job("fixed_price", plus(won, 8), done)
    if quoted:
        job.quote(plus(won, -14), won, code, sold, planned)
    out, start, spent = Fixed(job), plus(won, 9), 0
    if deposit:
        line = Line(job, code, 1, deposit, f"Deposit {job.ref}", account="2100")
        books.bill(job.code, customer, business(plus(won, 4)), [line])
    whole = sum((p.value for p in phases), ZERO) + to_come
    for number, phase in enumerate(phases):
        spend = (
            int(planned * phase.value / whole)
            if number < len(phases) - 1 or to_come
            else planned - spent
        )
        spent += spend
        spend += more_hours if number == 0 else 0
        for part in (spend // 2, spend - spend // 2):
            if part:
                job.hours(business(plus(start, part % 5)), part)
            start = max(start, plus(phase.on, -6))
        if number == variation:
            job.change(plus(phase.on, -10), code, phase.value, reason=phase.text or "Variation")
        mark = job.milestone(phase.on, phase.value, phase.accepted)
        out.milestones.append(mark)
        doc = None
        if phase.billed:
            lines = [
                Line(job, code, 1, phase.value, phase.text or f"Milestone {number + 1} {job.ref}")
            ]
            if deposit and number == 0:
                lines.append(
                    Line(job, code, 1, -deposit, f"Less deposit {job.ref}", account="2100")
                )
            if retention:
                kept = cents(phase.value * retention / 100)
                lines.append(Line(job, "", 1, -kept, f"Retention {retention} %", account="1300"))
            doc = books.bill(job.code, customer, phase.billed, lines)
        out.bills.append(doc)
    if retention and release:
        kept = sum((cents(p.value * retention / 100) for p in phases if p.billed), ZERO)
        books.bill(
            job.code,
            customer,
            release,
            [Line(job, "", 1, kept, f"Release of retention {job.ref}", account="1300")],
        )
    return out


def support(
    customer: Customer,
    books: Books,
    first: date,
    rule: str = "periodic_advance",
    period: str = "month",
    fee: Decimal | None = None,
    unbilled: frozenset[int] = frozenset(),
    **more: Any,
) -> tuple[Job, list[str]]:
    """A support contract of twelve months: a month of service at each month end, billed by its
    rule."""
    w, code = books.world, customer.product("SUP")
    job = Job(w, customer)
    fee = fee or w.price(code, job.currency) + w.rng.randint(0, 60)
    last = month_end(plus(first, 340))
    job.deal([(code, 12, fee)], plus(first, -12), starts=first, ends=last, **more)
    job.contract(rule, first, last, period, rates=[(code, fee, None, first, None)])
    job.job("time_and_materials", first, ends=last)
    start, step, months, marks = first, 1 if period == "month" else 3, [], list[str]()
    while start <= AS_OF:
        end = month_end(start)
        months.append((start, end))
        if end <= AS_OF:
            marks.append(job.time(end, code, 1, fee, period_starts_on=start, period_ends_on=end))
        start = plus(end, 1)
    for number in range(0, len(months), step):
        begins = months[number][0]
        ends = month_end(plus(begins, 31 * (step - 1))) if step > 1 else months[number][1]
        on = begins if rule == "periodic_advance" else business(plus(ends, 3))
        if on <= AS_OF and number not in unbilled:
            books.bill(
                job.code,
                customer,
                on,
                [Line(job, code, step, fee, f"Support {begins:%b %Y}", period=(begins, ends))],
            )
    return job, marks


def permanent(
    customer: Customer,
    books: Books,
    start: date,
    billed: date | None,
    left: date | None = None,
    credited: date | None = None,
) -> tuple[Job, str, Decimal, Doc | None]:
    """A permanent placement: a fee of a fifth of the salary; half comes back within ninety days."""
    w, code = books.world, customer.product("PERM")
    job = Job(w, customer)
    salary = Decimal(w.rng.randint(38, 74) * 1000)
    fee = salary / 5
    job.contract(
        "on_delivery",
        plus(start, -20),
        None,
        fee_type="permanent",
        fee_base_amount=salary,
        fee_pct=20,
        rebate_days=90,
        rebate_pct=50,
    )
    job.job("permanent_placement", start, start, left_on=left)
    mark = job.deliver("placement_start", start, code, 1, fee)
    doc = None
    if billed:
        doc = books.bill(
            job.code, customer, billed, [Line(job, code, 1, fee, f"Placement {job.ref}", mark)]
        )
    if left:
        job.worth(left, code, -fee / 2)
        if doc and credited:
            books.credit(
                job.code,
                credited,
                doc,
                "rebate",
                [Line(job, code, 1, fee / 2, f"Rebate {job.ref}", mark)],
            )
    return job, mark, fee, doc
