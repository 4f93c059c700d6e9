"""One job's paperwork: numbers its tickets and deliveries, books what they cost, and notes what may be billed."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipelines.demo.facilities.basics import (
    CENT,
    ZERO,
    add_days,
    cents,
    chance,
    moment,
    month_end,
    working_before,
    working_days,
)
from pipelines.demo.facilities.model import Change, Cost, Delivery, Job, Line, Person, Product, StockMove, Ticket
from pipelines.demo.facilities.papers import BillItem

HALF = Decimal("0.5")
SUPPLIERS = ("SUP-ACORN", "SUP-BRIDGE", "SUP-CASTLE", "SUP-DENBY", "SUP-ELMS", "SUP-FORGE")


class Site:
    def __init__(self, job: Job, team: list[Person], rng: random.Random) -> None:
        self.job, self.team, self.rng = job, team, rng
        self.items: list[BillItem] = []
        self._numbers = {"WO": 0, "D": 0, "JC": 0, "SM": 0, "VO": 0}

    def _next(self, series: str, room: int, digits: int, prefix: str | None = None) -> str:
        """Numbers leave room for each job, so that one job's papers never renumber another's."""
        number = self.job.number * room + self._numbers[series]
        self._numbers[series] += 1
        return f"{prefix or series}-{number:0{digits}d}"

    def ticket(
        self,
        line: Line,
        stage: str,
        first: date,
        finished: date,
        hours: Decimal,
        *,
        signed_off: date | None = None,
        worth: Decimal = ZERO,
        opened: date | None = None,
    ) -> Ticket:
        made = Ticket(
            self._next("WO", 40, 6),
            line,
            stage,
            first,
            finished,
            signed_off,
            hours,
            opened or self.job.opened.date(),
            worth,
        )
        self.job.tickets.append(made)
        return made

    def _deliver(
        self,
        prefix: str,
        kind: str,
        line: Line,
        ticket: Ticket,
        on: date,
        quantity: Decimal,
        unit: str,
        value: Decimal,
        approved: datetime | None,
        *,
        billable: bool = True,
        person: Person | None = None,
    ) -> Delivery:
        ident = self._next("D", 1000, 8, prefix)
        made = Delivery(
            ident, kind, line, ticket, on, moment(on, 17, ident), approved, quantity, unit, value, billable, person
        )
        self.job.deliveries.append(made)
        return made

    def _approval(self, on: date) -> datetime:
        """Within three days, and never after the month the work was done in: the ledger closes that evening."""
        return moment(min(add_days(on, self.rng.randint(0, 3)), month_end(on)), 18, self.job.number, on)

    def time(
        self, line: Line, ticket: Ticket, first: date, last: date, total: Decimal, rate: Decimal | None
    ) -> list[Delivery]:
        """Entries that add up to the total, in half units, over the working days of the span. Without a rate they are not chargeable."""
        days = working_days(first, last) or [working_before(last)]
        day_unit = line.product.unit == "day"
        most, unit = (Decimal(1), "day") if day_unit else (Decimal("7.5"), "hour")
        crew = self.rng.sample(self.team, min(len(self.team), self.rng.randint(1, 3)))
        made, left, turn = [], total, 0
        # Whole visits on evenly spaced days; with more visits than days, several people work on the same one.
        visits = max(1, int((total / most).to_integral_value(rounding="ROUND_CEILING")))
        while left > 0:
            quantity = min(left, most if left < most * 2 or chance(self.rng, 70) else most - HALF)
            on = days[min(turn, visits - 1) * len(days) // visits]
            person = crew[turn % len(crew)]
            entry = self._deliver(
                "TS",
                "time",
                line,
                ticket,
                on,
                quantity,
                unit,
                cents(quantity * rate) if rate else ZERO,
                self._approval(on),
                billable=rate is not None,
                person=person,
            )
            made.append(entry)
            self._labour(entry, quantity * 8 if day_unit else quantity, person)
            self._slips(entry)
            left -= quantity
            turn += 1
        return made

    def free_time(self, line: Line, ticket: Ticket, on: date) -> None:
        """Warranty work, agreed to be free: delivered at nothing, with its quantity."""
        person = self.rng.choice(self.team)
        entry = self._deliver(
            "TS",
            "time",
            line,
            ticket,
            on,
            HALF,
            line.product.unit,
            ZERO,
            self._approval(on),
            billable=False,
            person=person,
        )
        self._labour(entry, HALF * 8 if line.product.unit == "day" else HALF, person)

    def _slips(self, entry: Delivery) -> None:
        """Entries sent back, keyed twice and removed again, or remarked on after approval."""
        slip = self.rng.random()
        if slip < 0.012:
            again = self._deliver(
                "TS",
                "time",
                entry.line,
                entry.ticket,
                entry.on,
                entry.quantity,
                entry.unit,
                entry.value,
                None,
                billable=entry.billable,
                person=entry.person,
            )
            if slip < 0.006:
                again.rejected = moment(add_days(entry.on, 1), 18, again.ident)
            else:
                again.deleted = moment(add_days(entry.on, self.rng.randint(1, 3)), 16, again.ident)
        elif slip < 0.03 and entry.approved:
            entry.remarked = entry.approved + timedelta(days=self.rng.randint(2, 9))

    def _labour(self, entry: Delivery, hours: Decimal, person: Person) -> None:
        self.cost(
            "labour",
            entry.on,
            cents(hours * person.hourly_cost),
            hours,
            source=entry.ident,
            person=person,
            after=entry.entered,
        )

    def material(self, line: Line, ticket: Ticket, on: date, quantity: Decimal) -> Delivery:
        used = self._deliver(
            "MU",
            "material",
            line,
            ticket,
            on,
            quantity,
            line.product.unit,
            cents(line.net * quantity / line.quantity),
            self._approval(on),
        )
        self.cost("material", on, cents(quantity * line.product.cost), quantity, source=used.ident, after=used.entered)
        return used

    def expense(self, line: Line, ticket: Ticket, on: date, recharge: Decimal) -> Delivery:
        spent = self._deliver(
            "EX", "expense", line, ticket, on, Decimal(1), "each", recharge, self._approval(on), person=self.team[0]
        )
        self.cost(
            "expense",
            on,
            cents(recharge * Decimal("0.60")),
            Decimal(1),
            source=spent.ident,
            person=self.team[0],
            after=spent.entered,
        )
        return spent

    def milestone(
        self, line: Line, ticket: Ticket, on: date, accepted: date | None, worth: Decimal, title: str
    ) -> Delivery:
        reached = self._deliver(
            "MS", "milestone", line, ticket, on, Decimal(1), "each", worth, moment(on, 18, self.job.number, on)
        )
        reached.accepted, reached.title = accepted, title
        return reached

    def shipment(self, line: Line, ticket: Ticket, on: date, quantity: Decimal) -> Delivery:
        sent = self._deliver(
            "DN",
            "shipment",
            line,
            ticket,
            on,
            quantity,
            line.product.unit,
            cents(line.net * quantity / line.quantity),
            moment(on, 18, self.job.number, on),
        )
        cost = cents(quantity * line.product.cost)
        self.job.moves.append(StockMove(self._next("SM", 1000, 8), sent, -quantity, on, cost))
        self.cost("material", on, cost, quantity, source=sent.ident, after=sent.entered)
        return sent

    def subcontract(self, on: date, amount: Decimal) -> None:
        supplier = self.rng.choice(SUPPLIERS)
        reference = f"{supplier[4:7]}/{self.rng.randrange(10_000, 99_999)}"
        self.cost(
            "subcontract",
            on,
            max(amount, CENT),
            Decimal(1),
            supplier=supplier,
            reference=reference,
            after=moment(on, 16, reference),
        )

    def cost(
        self,
        kind: str,
        on: date,
        amount: Decimal,
        quantity: Decimal,
        *,
        after: datetime,
        source: str | None = None,
        person: Person | None = None,
        supplier: str | None = None,
        reference: str | None = None,
    ) -> None:
        ident = self._next("JC", 1000, 8)
        if kind == "material" and supplier is None:
            supplier = SUPPLIERS[self.job.number % len(SUPPLIERS)]
        self.job.costs.append(Cost(ident, kind, on, after, amount, quantity, source, person, supplier, reference))

    def change(
        self,
        line: Line,
        proposed: date,
        decided: date | None,
        status: str,
        quantity: Decimal,
        amount: Decimal,
        reason: str,
    ) -> Change:
        made = Change(self._next("VO", 10, 6), line, proposed, decided, status, quantity, amount, reason)
        self.job.changes.append(made)
        return made

    def bill(
        self,
        product: Product,
        quantity: Decimal,
        unit_price: Decimal,
        pct: int,
        text: str,
        on: date,
        *,
        net: Decimal | None = None,
        deliveries: list[Delivery] | None = None,
        ticket: Ticket | None = None,
        change: Change | None = None,
        period: tuple[date, date] | None = None,
    ) -> BillItem:
        worth = cents(quantity * unit_price * (100 - pct) / 100) if net is None else net
        item = BillItem(
            self.job, product, quantity, unit_price, pct, worth, text, on, deliveries or [], ticket, change, period
        )
        self.items.append(item)
        return item
