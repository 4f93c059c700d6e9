"""Time and materials on monthly consolidated bills, and placements on weekly ones.

A `Bundle` is one customer's bill for several jobs and cost centres. The builders take the faults of
a situation as arguments, so that a faulty line stands among right ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .days import AS_OF, MONTHS, business, cents, month_end, month_start, plus
from .ledger import Books, Doc, Line
from .work import Job
from .world import Customer, World

Month = tuple[int, int]


@dataclass
class Bundle:
    """One customer's periodic bill: lines by the day on which they are billed."""

    world: World
    customer: Customer
    lines: dict[date, list[Line]] = field(default_factory=lambda: defaultdict(list))
    docs: dict[date, Doc] = field(default_factory=dict)
    rebill: bool = False

    def __post_init__(self) -> None:
        self.code = f"M{self.world.count('bundle'):03d}"

    def issue(self, books: Books) -> None:
        """Write the bills that are due; the next one is a draft. One may be credited and billed
        again."""
        days = sorted(self.lines)
        again = self.rebill and len(days) > 3
        for number, on in enumerate(days):
            lines = self.lines[on]
            if on > AS_OF:
                books.bill(
                    self.code,
                    self.customer,
                    AS_OF,
                    lines,
                    status="draft",
                    settle="manual",
                    post=False,
                )
                return
            wrong = again and number == 1
            doc = books.bill(
                self.code,
                self.customer,
                on,
                lines,
                settle="manual" if wrong else "auto",
                reference="PO 4417" if wrong else "PO 4471",
            )
            if wrong:
                back = business(plus(on, 9))
                books.credit(self.code, back, doc, "other")
                same = [
                    Line(x.sit, x.product, x.quantity, x.price, x.text, x.delivery, period=x.period)
                    for x in lines
                ]
                doc = books.bill(
                    self.code, self.customer, business(plus(back, 1)), same, reference="PO 4471"
                )
            self.docs[on] = doc


@dataclass
class Faults:
    """What may be wrong with a situation on a periodic bill, by month or week number."""

    left_out: int | None = None
    bill_off: tuple[int, Decimal] | None = None
    more_hours: dict[int, int] = field(default_factory=dict)
    unbilled: frozenset[int] = frozenset()
    no_sheet: int | None = None
    unpaid: int | None = None
    pay_rate: tuple[int, Decimal] | None = None
    oversold: int = 0


@dataclass
class Result:
    """The records by month or week, for labels."""

    job: Job
    price: Decimal
    deliveries: dict[int, list[tuple[str, date, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    lines: dict[int, Line] = field(default_factory=dict)
    pays: dict[int, str] = field(default_factory=dict)
    people: str = ""
    pay: Decimal = Decimal(0)


def time_and_materials(
    bundle: Bundle,
    first: int,
    months: int,
    rise: bool = False,
    top_up: bool = False,
    travel: bool = False,
    product: str = "ENG",
    faults: Faults | None = None,
) -> Result:
    """Work on some days of each month, the last night among them, billed at the beginning of the
    next.

    `rise`: the rate rises in the middle of a month. `top_up`: it was raised back to the start, and
    the difference is billed on a line of its own. Jobs that run to June stay open.
    """
    w, faults = bundle.world, faults or Faults()
    job, code = Job(w, bundle.customer), bundle.customer.product(product)
    price, rng = w.price(code, job.currency) + w.rng.randint(0, 9), w.rng
    run = MONTHS[first : first + months]
    start, going = month_start(run[0]), run[-1] == MONTHS[-1]
    middle = month_start(run[len(run) // 2]).replace(day=15)
    raised = cents(price * Decimal("1.05")) if rise or top_up else price
    sheets = []
    for number, month in enumerate(run):
        last = month_end(month_start(month))
        days = sorted(
            {last.replace(day=rng.randint(2, last.day - 2)) for _ in range(rng.randint(3, 5))}
            | ({last} if number % 2 == 0 else set())
        )
        sheets.append([(on, rng.choice((6, 7, 8)) if product == "ENG" else 1) for on in days])
    total = sum(q for sheet in sheets for _, q in sheet)
    won = w.day(plus(start, -25), plus(start, -6))
    sold = total - faults.oversold if not going else int(total * 1.4) + 8 - faults.oversold
    lines: list[tuple[str, int | str | Decimal, Decimal]] = [(code, sold, price)]
    if travel:
        lines.append((bundle.customer.product("TRV"), months, Decimal(40)))
    job.deal(lines, won, starts=start, ends=date(2026, 12, 31))
    rates: list[tuple[str, Decimal, Decimal | None, date, date | None]] = [
        (code, raised, None, start, None)
    ]
    if rise:
        rates = [(code, price, None, start, plus(middle, -1)), (code, raised, None, middle, None)]
    last_day = date(2026, 12, 31) if going else month_end(month_start(run[-1]))
    job.contract(
        "periodic_arrears",
        start,
        last_day,
        "month",
        rates=rates,
        status="active" if going else "ended",
    )
    job.job("time_and_materials", start, None if going else month_end(month_start(run[-1])))
    out = Result(job, price)
    centre = f"cost centre {rng.randint(4100, 4999)}"
    behind = 0
    for number, sheet in enumerate(sheets):
        last = month_end(sheet[0][0])
        billed = business(plus(last, 4))
        by_rate: dict[Decimal, int] = defaultdict(int)
        for place, (on, quantity) in enumerate(sheet):
            agreed = raised if top_up or (rise and on >= middle) else price
            delivery = job.time(on, code, quantity, agreed)
            out.deliveries[number].append((delivery, on, quantity))
            told = price if top_up and on < middle else agreed
            behind += quantity if told != agreed else 0
            if not (faults.left_out == number and place == 1):
                by_rate[told] += quantity
        if number in faults.unbilled:
            continue
        off = faults.bill_off[1] if faults.bill_off and faults.bill_off[0] == number else Decimal(0)
        for told, quantity in sorted(by_rate.items()):
            period = (last.replace(day=1), last)
            if len(by_rate) == 2:
                period = (period[0], plus(middle, -1)) if told == price else (middle, last)
            line = Line(
                job,
                code,
                quantity + faults.more_hours.get(number, 0),
                told + off,
                f"{job.ref} {last:%B %Y}, {centre}",
                period=period,
            )
            out.lines[number] = line
            bundle.lines[billed].append(line)
        if top_up and behind and last >= middle:
            bundle.lines[billed].append(
                Line(
                    job,
                    code,
                    behind,
                    raised - price,
                    f"{job.ref} rate agreed back to {start:%d %B %Y}, {centre}",
                )
            )
            behind = 0
        if travel:
            value = Decimal(40)
            trip = job.expense(sheet[0][0], value)
            bundle.lines[billed].append(
                Line(
                    job,
                    bundle.customer.product("TRV"),
                    1,
                    value,
                    f"{job.ref} travel, {centre}",
                    trip,
                )
            )
    return out


def placement(
    bundle: Bundle,
    start: date,
    weeks: int,
    ended: bool = False,
    used_up: bool = False,
    empty: frozenset[int] = frozenset(),
    faults: Faults | None = None,
) -> Result:
    """A placed engineer: a timesheet a week, billed on Wednesday, paid in the week after.

    `empty` weeks have an approved timesheet of no hours. `used_up`: the planned quantity is worked,
    and the contract runs on without work.
    """
    w, faults, customer = bundle.world, faults or Faults(), bundle.customer
    job, code, rng = Job(w, customer), customer.product("TEMP"), w.rng
    price, pay = w.price(code, job.currency) + rng.randint(0, 4), Decimal(30 + rng.randint(0, 2))
    start = plus(start, -start.weekday())
    sheets = {n: 0 if n in empty else rng.choice((36, 38, 40, 40)) for n in range(weeks)}
    if faults.no_sheet is not None:
        del sheets[faults.no_sheet]
    total = sum(sheets.values())
    person = w.person("consultant", "Placed")
    last = plus(start, 7 * weeks - 1)
    job.contract(
        "periodic_arrears",
        start,
        last if ended else date(2026, 9, 27),
        "week",
        planned_quantity=total if ended or used_up else total + 600,
        standard_quantity_per_period=40,
        status="ended" if ended else "active",
        rates=[(code, price, pay, start, None)],
    )
    job.job(
        "placement",
        start,
        last if ended or used_up else None,
        person_id=person,
        ends=date(2026, 9, 27),
    )
    out = Result(job, price, people=person, pay=pay)
    for number, hours in sheets.items():
        end = plus(start, 7 * number + 6)
        period = (plus(end, -6), end)
        delivery = job.time(
            end,
            code,
            hours,
            price,
            person,
            False,
            period_starts_on=period[0],
            period_ends_on=end,
            approved_on=min(plus(end, 1), AS_OF),
        )
        out.deliveries[number].append((delivery, end, hours))
        if hours and number != faults.unpaid:
            rate = faults.pay_rate[1] if faults.pay_rate and faults.pay_rate[0] == number else pay
            out.pays[number] = job.pay(end, delivery, person, hours, rate)
        if hours and number not in faults.unbilled:
            line = Line(
                job,
                code,
                hours + faults.more_hours.get(number, 0),
                price,
                f"{job.ref} week to {end:%d.%m.%Y}",
                delivery,
                period=period,
            )
            out.lines[number] = line
            bundle.lines[plus(end, 3)].append(line)
    return out
