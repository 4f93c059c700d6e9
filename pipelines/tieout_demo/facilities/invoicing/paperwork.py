"""One job's numbered papers: tickets, deliveries, costs, variations, and what of it may be
billed."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, add_days, cents, moment, month_end
from tieout_demo.facilities.invoicing.papers import BillItem
from tieout_demo.facilities.model import Change, Cost, Delivery, Job, Line, Person, Product, Ticket

SUPPLIERS = ("SUP-ACORN", "SUP-BRIDGE", "SUP-CASTLE", "SUP-DENBY", "SUP-ELMS", "SUP-FORGE")


class Paperwork:
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
            ident,
            kind,
            line,
            ticket,
            on,
            moment(on, 17, ident),
            approved,
            quantity,
            unit,
            value,
            billable,
            person,
        )
        self.job.deliveries.append(made)
        return made

    def _approval(self, on: date) -> datetime:
        """Within three days, and never after the month the work was done in: the ledger closes that
        evening."""
        return moment(
            min(add_days(on, self.rng.randint(0, 3)), month_end(on)), 18, self.job.number, on
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
        self.job.costs.append(
            Cost(ident, kind, on, after, amount, quantity, source, person, supplier, reference)
        )

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
        made = Change(
            self._next("VO", 10, 6), line, proposed, decided, status, quantity, amount, reason
        )
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
            self.job,
            product,
            quantity,
            unit_price,
            pct,
            worth,
            text,
            on,
            deliveries or [],
            ticket,
            change,
            period,
        )
        self.items.append(item)
        return item
