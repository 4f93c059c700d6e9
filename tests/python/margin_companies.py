"""What the random companies of the bridge planned and spent: planned cost of lines and change
orders, budgets before and after the win, and costs of every type.

Drawn by a generator of its own, seeded by the company's number, so that the companies of the bridge
stay what they are.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from bridge_companies import FIRST_DAY, Company, cents

TYPES = ("labour", "material", "expense", "subcontract")
AMOUNTS = tuple(
    Decimal(text) for text in ("60", "12.34", "240", "0.01", "33.33", "900", "0", "-20")
)


def planned_and_spent(company: Company, seed: int) -> Company:
    """The company with plans and costs in its rows."""
    draw = random.Random(seed)  # noqa: S311
    for line in company.of("deal_lines"):
        if draw.random() < 0.6:
            value = abs(line["net_amount"] or Decimal(0))
            line["planned_cost"] = cents(
                value * draw.choice([Decimal("0.6"), Decimal("1.1"), Decimal(0)])
            )
        if draw.random() < 0.4:
            line["planned_hours"] = draw.choice(
                [Decimal(8), Decimal("7.5"), Decimal(0), Decimal(40)]
            )
        if draw.random() < 0.2:
            line["planned_cost_type"] = draw.choice(TYPES)
    for order in company.of("change_orders"):
        if draw.random() < 0.4:
            order["cost_delta"] = draw.choice(AMOUNTS)
        if draw.random() < 0.2:
            order["hours_delta"] = draw.choice([Decimal(4), Decimal(-1)])
    if draw.random() < 0.5:
        _half_done(company, draw)
    for job in company.of("jobs"):
        _budgets(company, job["job_id"], draw)
        _costs(company, job["job_id"], draw)
    _costs(company, None, draw)
    if draw.random() < 0.5:
        company.of("people")[0]["standard_cost_rate"] = Decimal("31.07")
    return company


def _half_done(company: Company, draw: random.Random) -> None:
    """A job that is sold, planned and begun: what was spent is more than what was delivered asks
    for."""
    customer, product = company.of("customers")[0], company.of("products")[0]
    deal = company.add(
        "deals",
        deal_id=company.new_id("deals", "D"),
        deal_name="Half done of @",
        customer_id=customer["customer_id"],
        owner_id="O@-1",
        stage="won",
        is_closed=True,
        is_won=True,
        currency="GBP",
        created_on=FIRST_DAY,
        won_on=FIRST_DAY + timedelta(days=draw.randrange(20)),
    )
    company.add(
        "deal_lines",
        deal_line_id=company.new_id("deal_lines", "DL"),
        deal_id=deal["deal_id"],
        product_id=product["product_id"],
        quantity=Decimal(10),
        unit=product["unit"],
        unit_price=Decimal(100),
        net_amount=Decimal("1000.00"),
        planned_cost=Decimal("600.00"),
        planned_hours=draw.choice([None, Decimal(10)]),
    )
    job = company.add(
        "jobs",
        job_id=f"J@-{len(company.of('jobs')) + 1}",
        deal_id=deal["deal_id"],
        customer_id=customer["customer_id"],
        job_type=draw.choice(["time_and_materials", "product_order", "fixed_price"]),
        status="in_progress",
        currency="GBP",
        updated_at="2026-01-01 00:00:00",
    )
    company.add(
        "deliveries",
        delivery_id=company.new_id("deliveries", "V"),
        job_id=job["job_id"],
        product_id=product["product_id"],
        delivery_type="milestone" if job["job_type"] == "fixed_price" else "shipment",
        status="approved",
        delivered_on=FIRST_DAY + timedelta(days=30),
        accepted_on=FIRST_DAY + timedelta(days=30),
        quantity=Decimal(draw.choice([1, 4, 7])),
        unit=product["unit"],
        value_amount=draw.choice([None, Decimal("333.33")]),
    )
    company.add(
        "costs",
        cost_id=company.new_id("costs", "Q"),
        job_id=job["job_id"],
        product_id=draw.choice([None, product["product_id"]]),
        cost_type=draw.choice(TYPES),
        incurred_on=FIRST_DAY + timedelta(days=25),
        quantity=Decimal(10),
        unit=product["unit"],
        amount=Decimal("587.65"),
        currency="GBP",
    )


def _budgets(company: Company, job_id: str, draw: random.Random) -> None:
    products = [row["product_id"] for row in company.of("products")]
    phase = draw.choice([None, "build"])
    product_id = draw.choice([None, *products])
    day = FIRST_DAY + timedelta(days=draw.randrange(90))
    for _ in range(draw.choice([0, 0, 1, 2, 3])):
        company.add(
            "job_budgets",
            job_budget_id=company.new_id("job_budgets", "B"),
            job_id=job_id,
            phase=phase,
            product_id=product_id,
            cost_type=draw.choice([None, None, "labour"]),
            currency=draw.choice(["GBP", "GBP", "EUR", "USD", None]),
            budget_hours=draw.choice([None, Decimal(10)]),
            budget_cost=draw.choice([None, Decimal("650.00"), Decimal("99.99")]),
            estimate_to_complete_cost=draw.choice([None, None, Decimal("800.00")]),
            # Two lines of one day stand beside each other.
            estimated_on=draw.choice([day, FIRST_DAY + timedelta(days=draw.randrange(90))]),
        )


def _costs(company: Company, job_id: str | None, draw: random.Random) -> None:
    products = [row["product_id"] for row in company.of("products")]
    deliveries = [row["delivery_id"] for row in company.of("deliveries") if row["job_id"] == job_id]
    for _ in range(draw.randrange(4)):
        company.add(
            "costs",
            cost_id=company.new_id("costs", "Q"),
            job_id=job_id,
            product_id=draw.choice([None, None, *products]),
            delivery_id=draw.choice([None, *deliveries]),
            person_id=draw.choice([None, "O@-1"]),
            cost_type=draw.choice(TYPES),
            incurred_on=FIRST_DAY + timedelta(days=draw.randrange(90)),
            quantity=draw.choice(
                [None, Decimal(8), Decimal("7.5"), Decimal(-2), Decimal("0.333333")]
            ),
            unit=draw.choice([None, "hour", "day", "each"]),
            amount=draw.choice(AMOUNTS),
            currency=draw.choice(["GBP", "GBP", "EUR", "USD", "ISK"]),
        )
