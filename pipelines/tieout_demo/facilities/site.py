"""What happens on one job's site: hours, materials, expenses, milestones, shipments,
subcontracts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.facilities.basics import (
    CENT,
    ZERO,
    add_days,
    cents,
    chance,
    moment,
    working_before,
    working_days,
)
from tieout_demo.facilities.invoicing.paperwork import SUPPLIERS, Paperwork
from tieout_demo.facilities.model import Delivery, Line, Person, StockMove, Ticket

HALF = Decimal("0.5")


class Site(Paperwork):
    def time(
        self,
        line: Line,
        ticket: Ticket,
        first: date,
        last: date,
        total: Decimal,
        rate: Decimal | None,
    ) -> list[Delivery]:
        """Entries that add up to the total, in half units, over the working days; chargeable if
        there is a rate."""
        days = working_days(first, last) or [working_before(last)]
        day_unit = line.product.unit == "day"
        most, unit = (Decimal(1), "day") if day_unit else (Decimal("7.5"), "hour")
        crew = self.rng.sample(self.team, min(len(self.team), self.rng.randint(1, 3)))
        made, left, turn = [], total, 0
        # Whole visits on evenly spaced days; with more visits than days, several people work on the
        # same one.
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
        self.cost(
            "material",
            on,
            cents(quantity * line.product.cost),
            quantity,
            source=used.ident,
            after=used.entered,
        )
        return used

    def expense(self, line: Line, ticket: Ticket, on: date, recharge: Decimal) -> Delivery:
        spent = self._deliver(
            "EX",
            "expense",
            line,
            ticket,
            on,
            Decimal(1),
            "each",
            recharge,
            self._approval(on),
            person=self.team[0],
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
        self,
        line: Line,
        ticket: Ticket,
        on: date,
        accepted: date | None,
        worth: Decimal,
        title: str,
    ) -> Delivery:
        reached = self._deliver(
            "MS",
            "milestone",
            line,
            ticket,
            on,
            Decimal(1),
            "each",
            worth,
            moment(on, 18, self.job.number, on),
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
        # With the job's number: a supplier's own numbers do not come twice, a drawn one would.
        reference = f"{supplier[4:7]}/{self.job.number}-{self.rng.randrange(10_000, 99_999)}"
        self.cost(
            "subcontract",
            on,
            max(amount, CENT),
            Decimal(1),
            supplier=supplier,
            reference=reference,
            after=moment(on, 16, reference),
        )
