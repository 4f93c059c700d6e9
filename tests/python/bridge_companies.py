"""Random small companies in the shape of the input layer, drawn by Hypothesis: what they sell,
agree, work and deliver.

A company is rows by entity. In its texts `@` stands for its number, so that many can be stacked
into one build and none of one joins with anything of another. What it bills, is paid and posts is
drawn in `bridge_companies_finance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

AS_OF = date(2026, 3, 20)
FIRST_DAY = date(2026, 1, 1)
Row = dict[str, Any]
T = TypeVar("T")
CENT = Decimal("0.01")
HOSTILE = ("Ltd", "=1+1", "<b>&amp;</b>", "'; drop table x; --", "\u202etfel", 'the "best", of')


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


class Draw:
    """Hypothesis's draws, by short names."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def count(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def chance(self, percent: int) -> bool:
        return self.count(0, 99) < percent

    def pick(self, options: Sequence[T]) -> T:
        return options[self.count(0, len(options) - 1)]

    def maybe(self, percent: int, options: Sequence[T]) -> T | None:
        return self.pick(options) if self.chance(percent) else None

    def day(self, first: int = 0, last: int = 85) -> date:
        """A day; the position is on the 79th, so that some are after it."""
        return FIRST_DAY + timedelta(days=self.count(first, last))

    def quantity(self) -> Decimal:
        return self.pick(
            [
                Decimal(text)
                for text in ("1", "2", "3", "8", "10", "40", "0.5", "7.5", "0.333333", "12.25")
            ]
        )

    def price(self) -> Decimal:
        return self.pick(
            [
                Decimal(text)
                for text in ("100", "95", "100", "50", "12.34", "33.333333", "800", "0.07")
            ]
        )


@dataclass
class Company:
    """Rows by entity. `split` companies keep their ledger in a system of its own."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    kind: str = "works"
    # Which record of which entity the second build leaves out: (entity, key column, position among
    # them).
    victim: tuple[str, int] = ("invoices", 0)

    def add(self, entity: str, **values: Any) -> Row:
        self.rows.setdefault(entity, []).append(values)
        return values

    def of(self, entity: str) -> list[Row]:
        return self.rows.get(entity, [])

    def new_id(self, entity: str, letter: str) -> str:
        return f"{letter}@-{len(self.of(entity)) + 1}"

    @property
    def row_count(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


def sell(company: Company, d: Draw) -> None:
    """Customers, people, products, deals with and without lines, some of them taken back."""
    for number in range(1, d.count(1, 2) + 1):
        company.add(
            "customers",
            customer_id=f"C@-{number}",
            customer_name=f"Buyer {'ABC'[number]}@ {d.pick(HOSTILE)}",
            tax_number=f"GB@00{number}77",
            country="GB",
        )
    company.add("people", person_id="O@-1", full_name="Olga @")
    company.add("people", person_id="O@-2", full_name="Omar @")
    for number in range(1, d.count(1, 3) + 1):
        company.add(
            "products",
            product_id=f"P@-{number}",
            product_code=f"CODE@{number}",
            product_name=f"Thing @ {'ABCD'[number]}",
            product_category="Work",
            unit=d.pick(["hour", "day", "each", None]),
            list_price=d.maybe(60, [Decimal(100), Decimal("12.5"), Decimal(0)]),
            currency=d.maybe(40, ["GBP", "EUR"]),
        )
    for _ in range(d.count(0, 2)):
        _deal(company, d)


def _deal(company: Company, d: Draw) -> None:
    fate = d.pick(["won", "won", "won", "taken back", "seen taken back", "open"])
    won_on = d.day(0, 40)
    deal = company.add(
        "deals",
        deal_id=company.new_id("deals", "D"),
        deal_name="A deal of @",
        customer_id=d.pick(company.of("customers"))["customer_id"],
        owner_id=d.maybe(70, ["O@-1", "O@-9"]),
        stage=fate,
        is_closed=fate != "open",
        is_won=fate in ("won", "seen taken back"),
        amount=d.maybe(70, [Decimal("1000.00"), Decimal("0.00"), Decimal("1234.56")]),
        currency=d.pick(["GBP", "GBP", "EUR", "USD"]),
        created_on=FIRST_DAY,
        won_on=None if fate == "open" else won_on,
        lost_on=d.day(41, 85) if fate == "taken back" else None,
        service_ends_on=d.maybe(40, [d.day(50, 85)]),
        updated_at=f"{won_on} 10:00:00",
    )
    lost_on = won_on + timedelta(days=d.count(1, 30))
    if fate == "seen taken back":
        company.add(
            "deals",
            **{
                **deal,
                "is_won": False,
                "stage": "lost",
                "lost_on": lost_on,
                "updated_at": f"{lost_on} 10:00:00",
            },
            _later=True,
        )
    for _ in range(d.count(0, 3)):
        quantity, price = d.quantity(), d.price()
        discount = d.maybe(25, [Decimal("5.00"), Decimal("0.01")])
        sign = d.pick([1] * 8 + [-1, 0])
        company.add(
            "deal_lines",
            deal_line_id=company.new_id("deal_lines", "DL"),
            deal_id=deal["deal_id"],
            product_id=d.maybe(85, [row["product_id"] for row in company.of("products")]),
            quantity=quantity,
            unit=d.pick(["hour", "day", "each", " Hour ", None]),
            unit_price=price,
            discount_amount=discount,
            net_amount=sign * (cents(quantity * price) - (discount or 0)),
        )


def agree(company: Company, d: Draw) -> None:
    """Contracts of every rule, with rates; jobs of every type, with and without a deal or a
    contract."""
    customers = [row["customer_id"] for row in company.of("customers")]
    products = [row["product_id"] for row in company.of("products")]
    deals = sorted({row["deal_id"] for row in company.of("deals")})
    for _ in range(d.count(0, 2)):
        contract = company.add(
            "contracts",
            contract_id=company.new_id("contracts", "K"),
            customer_id=d.pick(customers),
            deal_id=d.maybe(15, deals) if deals else None,
            starts_on=d.day(0, 20),
            ends_on=d.maybe(40, [d.day(50, 85)]),
            billing_rule=d.pick(
                [
                    "on_order",
                    "on_delivery",
                    "milestone",
                    "periodic_advance",
                    "periodic_arrears",
                    None,
                    None,
                ]
            ),
            billing_period=d.pick(["week", "month", "quarter", None]),
            billing_window_days=d.pick([None, 0, 7, 30]),
            recognition_rule=d.pick(["point_in_time", "straight_line", "as_delivered", None]),
            payment_terms_days=d.pick([None, 0, 14, 60]),
            fee_type=d.maybe(20, ["permanent"]),
            fee_base_amount=Decimal("50000.00"),
            fee_pct=d.pick([Decimal(20), Decimal("17.5")]),
            rebate_days=d.pick([30, 90, None]),
            rebate_pct=d.pick([Decimal(50), None, Decimal("33.33")]),
            planned_quantity=d.pick([Decimal(80), None, Decimal(0)]),
            currency=d.pick(["GBP", None, "EUR"]),
        )
        for _ in range(d.count(0, 2)):
            company.add(
                "contract_rates",
                contract_rate_id=company.new_id("contract_rates", "R"),
                contract_id=contract["contract_id"],
                product_id=d.maybe(30, products),
                person_id=d.maybe(20, ["O@-1", "O@-2"]),
                unit=d.pick(["hour", "hour", "day", "each"]),
                charge_rate=d.price(),
                valid_from=d.day(0, 10),
            )
    contracts = [row["contract_id"] for row in company.of("contracts")]
    for number in range(1, d.count(1, 3) + 1):
        status = d.pick(
            [
                "planned",
                "in_progress",
                "in_progress",
                "in_progress",
                "completed",
                "completed",
                "cancelled",
            ]
        )
        company.add(
            "jobs",
            job_id=f"J@-{number}",
            job_ref=f"JOB-@{number}" if d.chance(80) else None,
            deal_id=d.maybe(75, deals) if deals else None,
            contract_id=d.maybe(60, contracts) if contracts else None,
            customer_id=d.pick(customers),
            job_type=d.pick(
                ["time_and_materials"] * 3
                + ["product_order", "placement"] * 2
                + ["fixed_price"] * 2
                + ["permanent_placement"]
            ),
            status=status,
            person_id=d.maybe(50, ["O@-2"]),
            planned_end_on=d.maybe(50, [d.day(40, 85)]),
            started_on=d.maybe(70, [d.day(0, 30)]),
            completed_on=d.day(40, 85) if status == "completed" else None,
            left_on=d.maybe(30, [d.day(20, 80)]),
            currency=d.maybe(30, ["GBP", "EUR"]),
            updated_at="2026-01-01 00:00:00",
        )
    for _ in range(d.count(0, 2)):
        job = d.pick(company.of("jobs"))
        company.add(
            "change_orders",
            change_order_id=company.new_id("change_orders", "X"),
            deal_id=d.maybe(30, deals) if deals else None,
            job_id=job["job_id"] if d.chance(85) else None,
            product_id=d.maybe(70, products),
            status=d.pick(["approved"] * 5 + ["proposed"]),
            approved_on=d.day(10, 82),
            quantity_delta=d.pick([None, Decimal(5), Decimal(-2), Decimal(0)]),
            amount_delta=d.pick([Decimal(text) for text in ("500", "-120.50", "0", "80", "0.01")]),
            currency=d.maybe(50, ["GBP", "EUR"]),
        )


def deliver(company: Company, d: Draw) -> None:
    """Work orders, and deliveries with and without units, prices and orders; free ones, returns,
    milestones."""
    products = [row["product_id"] for row in company.of("products")]
    for job in company.of("jobs"):
        for _ in range(d.count(0, 2)):
            company.add(
                "work_orders",
                work_order_id=company.new_id("work_orders", "W"),
                job_id=job["job_id"],
                product_id=d.maybe(60, products),
                status=d.pick(["in_progress", "completed", "completed"]),
                completed_on=d.day(20, 82),
            )
        for _ in range(d.count(0, 6)):
            _delivery(company, d, job, products)


def _delivery(company: Company, d: Draw, job: Row, products: list[str]) -> None:
    kinds = {
        "fixed_price": ["milestone", "milestone", "time", "expense"],
        "permanent_placement": ["placement_start", "placement_start", "expense"],
        "product_order": ["shipment", "shipment", "material"],
    }.get(job["job_type"], ["time", "time", "time", "expense", "material"])
    kind = d.pick(kinds)
    day = d.day()
    orders = [
        row["work_order_id"] for row in company.of("work_orders") if row["job_id"] == job["job_id"]
    ]
    company.add(
        "deliveries",
        delivery_id=company.new_id("deliveries", "V"),
        job_id=job["job_id"] if d.chance(95) else "J@-9",
        work_order_id=d.maybe(40, orders) if orders else None,
        product_id=d.maybe(80, products),
        person_id=d.maybe(60, ["O@-1", "O@-2"]),
        delivery_type=kind,
        status=d.pick(["approved"] * 9 + ["draft", "rejected"]),
        billable=d.pick([None] * 8 + [True, False]),
        delivered_on=day,
        accepted_on=d.maybe(80, [day]) if kind == "milestone" else None,
        quantity=d.quantity() * d.pick([1] * 9 + [-1, 0]),
        unit=d.pick(["hour", "hour", "hour", "day", "each", None]),
        unit_price=d.maybe(30, [Decimal("9.99")]),
        value_amount=d.maybe(40, [Decimal("250.00"), Decimal("33.33")]),
    )
