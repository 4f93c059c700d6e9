"""What operations write down of a situation: work, shipments, order lines, changes, pay and
cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from .days import AS_OF, cents, month_end, plus
from .tables import PRODUCTS, Row
from .world import Num, Sit


class Job(Sit):
    """A situation with helpers for the office's records. Values are in the contract's currency."""

    def cost(
        self,
        kind: str,
        on: date,
        amount: Decimal,
        delivery: str = "",
        quantity: Num | None = None,
        person: str = "",
        product: str = "",
    ) -> str:
        """A cost in sterling; the month's journal takes it to the cost of sales."""
        cost_id = self.new("X")
        self.world.add(
            "office",
            "costs",
            cost_id=cost_id,
            job_id=self.job_id,
            delivery_id=delivery,
            product_id=product,
            person_id=person,
            cost_type=kind,
            incurred_on=on,
            quantity=quantity,
            amount=cents(amount),
            currency="GBP",
        )
        return cost_id

    def deliver(
        self, kind: str, on: date, product: str, quantity: Num, value: Decimal | None, **more: Any
    ) -> str:
        """A delivery; `value` is what it is worth by the design (None: worth nothing)."""
        delivery = self.new("V")
        row: Row = {
            "delivery_id": delivery,
            "job_id": self.job_id,
            "product_id": PRODUCTS[product][0],
            "delivery_type": kind,
            "status": "approved",
            "billable": True,
            "delivered_on": on,
            "approved_on": min(plus(on, 2), AS_OF),
            "quantity": quantity,
            "unit": PRODUCTS[product][3],
            "updated_at": f"{min(plus(on, 2), AS_OF)}T18:00:00",
        }
        self.world.add("office", "deliveries", **(row | more))
        if value is not None:
            self.worth(on, product, value)
        return delivery

    def time(
        self,
        on: date,
        product: str,
        quantity: Num,
        price: Decimal,
        person: str = "",
        cost: bool = True,
        **more: Any,
    ) -> str:
        """Approved work at a price, with its labour cost."""
        worth = cents(Decimal(quantity) * price)
        who = person or self.world.pick("engineer")
        delivery = self.deliver("time", on, product, quantity, worth, person_id=who, **more)
        if cost and Decimal(quantity):
            self.cost(
                "labour",
                on,
                Decimal(quantity) * Decimal(PRODUCTS[product][5]) * Decimal("0.97"),
                delivery,
                quantity,
                who,
                PRODUCTS[product][0],
            )
        return delivery

    def hours(self, on: date, quantity: Num) -> str:
        """Hours on a fixed price: quantity and cost, no value."""
        product, who = self.customer.product("FIT"), self.world.pick("engineer")
        delivery = self.deliver(
            "time", on, product, quantity, None, billable=False, person_id=who, unit="hour"
        )
        self.cost(
            "labour",
            on,
            Decimal(quantity) * Decimal("49.40"),
            delivery,
            quantity,
            who,
            PRODUCTS[product][0],
        )
        return delivery

    def ship(
        self,
        on: date,
        product: str,
        quantity: int,
        price: Decimal,
        line: str = "",
        moved: date | str | None = "same",
        **more: Any,
    ) -> str:
        """A shipment (negative: a return) with its stock move and its material cost."""
        delivery = self.deliver(
            "shipment",
            on,
            product,
            quantity,
            cents(quantity * price),
            approved_on=on,
            job_line_id=line,
            **more,
        )
        pid, standard = PRODUCTS[product][0], Decimal(PRODUCTS[product][5])
        if moved is not None:
            self.world.add(
                "office",
                "stock_moves",
                stock_move_id=self.new("S"),
                delivery_id=delivery,
                product_id=pid,
                quantity=-quantity,
                cost_amount=cents(quantity * standard),
                moved_on=on if moved == "same" else moved,
            )
        self.cost("material", on, quantity * standard, delivery, quantity, product=pid)
        return delivery

    def milestone(self, on: date, value: Decimal, accepted: bool = True, **more: Any) -> str:
        """A milestone with its own value; what is not accepted is worth nothing yet."""
        return self.deliver(
            "milestone",
            on,
            self.customer.product("FIT"),
            1,
            value if accepted else None,
            accepted_on=on if accepted else None,
            value_amount=value,
            **more,
        )

    def expense(self, on: date, value: Decimal, **more: Any) -> str:
        """A billable expense at the source's value."""
        product = self.customer.product("TRV")
        delivery = self.deliver("expense", on, product, 1, value, value_amount=value, **more)
        self.cost(
            "expense", on, cents(value * Decimal("0.7")), delivery, product=PRODUCTS[product][0]
        )
        return delivery

    def order_line(self, product: str, quantity: int, price: Decimal, planned: date) -> str:
        """A line of the order as it was placed."""
        line, number = self.new("OL"), self.numbers["OL"]
        self.world.add(
            "office",
            "job_lines",
            job_line_id=line,
            job_id=self.job_id,
            quantity=quantity,
            deal_line_id=f"{self.code}-DL{number}",
            product_id=PRODUCTS[product][0],
            description=PRODUCTS[product][1],
            unit=PRODUCTS[product][3],
            unit_price=price,
            net_amount=cents(quantity * price),
            currency=self.currency,
            planned_on=planned,
            updated_at=f"{plus(planned, -5)}T11:00:00",
        )
        return line

    def change(
        self,
        on: date,
        product: str,
        amount: Decimal,
        quantity: Num | None = None,
        status: str = "approved",
        reason: str = "asked for by the customer",
    ) -> str:
        """A change order with its planned cost."""
        change, unit = self.new("CO"), PRODUCTS[product][3]
        self.world.add(
            "crm",
            "change_orders",
            change_order_id=change,
            deal_id=self.deal_id,
            job_id=self.job_id,
            product_id=PRODUCTS[product][0],
            status=status,
            approved_on=on if status == "approved" else None,
            quantity_delta=quantity,
            unit=unit if quantity is not None else None,
            amount_delta=amount,
            hours_delta=quantity if unit == "hour" else None,
            cost_delta=cents(amount * Decimal("0.55")),
            currency=self.currency,
            reason=reason,
            updated_at=f"{on}T10:00:00",
        )
        return change

    def work_order(self, product: str, done: date, hours: Num) -> str:
        """A work order that is complete and accepted."""
        order = self.new("W")
        self.world.add(
            "office",
            "work_orders",
            work_order_id=order,
            job_id=self.job_id,
            product_id=PRODUCTS[product][0],
            status="completed",
            scheduled_on=plus(done, -9),
            completed_on=done,
            accepted_on=done,
            planned_hours=hours,
            updated_at=f"{done}T17:30:00",
        )
        return order

    def pay(self, week_end: date, delivery: str, person: str, quantity: Num, rate: Decimal) -> str:
        """A pay item for a week, paid in the month in which the week ends."""
        item, paid = self.new("PI"), min(plus(week_end, 5), month_end(week_end))
        self.world.add(
            "ledger",
            "pay_items",
            pay_item_id=item,
            pay_run_id=f"PR-{paid:%Y%m%d}",
            person_id=person,
            delivery_id=delivery,
            job_ref=self.ref,
            period_starts_on=plus(week_end, -6),
            period_ends_on=week_end,
            paid_on=paid,
            quantity=quantity,
            unit="hour",
            pay_rate=rate,
            amount=cents(Decimal(quantity) * rate),
            currency="GBP",
            status="paid",
        )
        return item

    def quote(self, sent: date, accepted: date, product: str, amount: Decimal, hours: Num) -> str:
        """An accepted quote of one line."""
        quote = self.new("Q")
        self.world.add(
            "crm",
            "quotes",
            quote_id=quote,
            deal_id=self.deal_id,
            version=1,
            status="accepted",
            sent_on=sent,
            accepted_on=accepted,
            valid_until_on=plus(sent, 60),
            amount=amount,
            currency=self.currency,
            approved_by=self.world.pick("manager"),
            updated_at=f"{accepted}T09:30:00",
        )
        self.world.add(
            "crm",
            "quote_lines",
            quote_line_id=self.new("QL"),
            quote_id=quote,
            quantity=1,
            product_id=PRODUCTS[product][0],
            description=PRODUCTS[product][1],
            unit_price=amount,
            unit=PRODUCTS[product][3],
            net_amount=amount,
            planned_hours=hours,
            planned_cost=cents(amount * Decimal("0.58")),
        )
        return quote
