"""Weeks worked and expenses claimed: drafted on Friday, submitted, approved in the days after, or
sent back."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tieout_demo.calendars import FRIDAY, at, holidays_in, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.catalogue import EXPENSES
from tieout_demo.recruitment.model import LAST_DAY, Placement, Work, cents, draws


def build(seed: int, placements: list[Placement]) -> list[Work]:
    work: list[Work] = []
    for placement in placements:
        chance = draws(seed, "weeks", placement.number)
        work += _weeks(chance, placement)
    return sorted(work, key=lambda done: (done.approved_at, done.delivery_id))


def _weeks(chance: random.Random, placement: Placement) -> list[Work]:
    work: list[Work] = []
    slack = Decimal(
        0
    )  # what was planned and not worked: overtime never takes a job above its contract
    left = placement.expense_budget
    for number, monday in enumerate(placement.weeks(), 1):
        sunday = monday + timedelta(days=6)
        if sunday > LAST_DAY:
            break
        if any(rate.starts_on == monday for rate in placement.rates[1:]):
            slack = Decimal(0)
        quantity = min(_quantity(chance, placement, monday), placement.weekly + slack)
        slack += placement.weekly - quantity
        # Who is paid every four weeks has the last of them approved by Tuesday, or would wait
        # another four.
        days = (1, 1, 2, 2, 3) if placement.pay_cycle == 1 else (1, 1, 2)
        approved = at(
            working_day(sunday + timedelta(days=chance.choice(days))), chance.randrange(8, 17)
        )
        delivery_id = f"TS-{placement.number}-{number:03}"
        done = Work(delivery_id, placement, "time", monday, quantity, None, approved)
        if chance.random() < 0.02 and placement.pay_cycle == 1:
            done.rejected_at = at(sunday + timedelta(days=1), 7)
            done.approved_at = at(working_day(sunday + timedelta(days=3)), 12)
        work.append(done)
        if left > 0 and number % 4 == 0:
            claimed = min(cents(Decimal(chance.randrange(4_000, 24_000)) / 100), left)
            left -= claimed
            claim = Work(
                f"EX-{placement.number}-{number:03}",
                placement,
                "expense",
                monday,
                Decimal(1),
                claimed,
                approved,
            )
            work.append(claim)
    return work


def _quantity(chance: random.Random, placement: Placement, monday: Any) -> Decimal:
    day = placement.weekly / 5
    quantity = placement.weekly - day * holidays_in(monday, monday + timedelta(days=FRIDAY))
    luck = chance.random()
    if luck < 0.10:
        quantity -= day
    elif luck < 0.14:
        quantity -= 2 * day
    elif luck < 0.24:
        quantity += day / 4
    step = Decimal("0.5") if placement.product.unit == "day" else Decimal("0.25")
    return max((quantity / step).quantize(Decimal(1)) * step, day.quantize(step))


def write(done: Work, history: History) -> None:
    """The delivery as the office's system holds it over time, and what it costs until it is
    paid."""
    placement = done.placement
    is_time = done.kind == "time"
    drafted = at(done.sunday - timedelta(days=2), 15)
    clocked = done.quantity * (placement.clocked_per_unit if is_time else 1)
    history.add(
        "deliveries",
        drafted,
        {
            "delivery_id": done.delivery_id,
            "job_id": placement.job_id,
            "product_id": placement.product.product_id if is_time else EXPENSES.product_id,
            "person_id": placement.worker.person_id,
            "delivery_type": done.kind,
            "status": "draft",
            "billable": True,
            "delivered_on": done.sunday,
            "period_starts_on": done.monday,
            "period_ends_on": done.sunday,
            "quantity": clocked if done.rejected_at is None else clocked + 1,
            "unit": "each"
            if not is_time
            else "hour"
            if placement.clocked_per_unit > 1
            else placement.product.unit,
            "value_amount": done.value,
        },
    )
    history.change("deliveries", drafted + timedelta(hours=3), done.delivery_id, status="submitted")
    if done.rejected_at is not None:
        history.change("deliveries", done.rejected_at, done.delivery_id, status="rejected")
        history.change(
            "deliveries",
            done.rejected_at + timedelta(hours=5),
            done.delivery_id,
            status="submitted",
            quantity=clocked,
        )
    history.change(
        "deliveries",
        done.approved_at,
        done.delivery_id,
        status="approved",
        approved_on=done.approved_at.date(),
    )
    amount = done.value if done.value is not None else cents(done.quantity * done.rate.pay)
    history.add(
        "costs",
        done.approved_at,
        {
            "cost_id": f"K-{done.delivery_id}",
            "job_id": placement.job_id,
            "delivery_id": done.delivery_id,
            "person_id": placement.worker.person_id,
            "cost_type": "labour" if is_time else "expense",
            "incurred_on": done.sunday,
            "quantity": done.quantity,
            "amount": amount,
            "currency": placement.currency,
        },
    )
