"""What was agreed, as records: deals, contracts with their rates, jobs, and every change to
them."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tieout_demo.calendars import at, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.catalogue import EXPENSES
from tieout_demo.recruitment.model import FIRST_DAY, ZERO, Permanent, Placement, cents, draws
from tieout_demo.recruitment.work import amendments

HOURS_A_DAY = 8
_WEEKS_A_MONTH = Decimal(52) / 12


def write_placement(seed: int, placement: Placement, history: History) -> None:
    chance = draws(seed, "commitment", placement.number)
    agreed = at(placement.agreed_on, 14)
    first = placement.rates[0]
    quantity = placement.planned
    if placement.has_deal:
        budget = placement.expense_budget
        write_deal(
            chance,
            history,
            placement,
            [(placement.product, quantity, first.charge), (EXPENSES, Decimal(1), budget)],
        )
    by_month = placement.client.billing_period == "month"
    history.add(
        "contracts",
        agreed,
        _contract(placement)
        | {
            "ends_on": placement.planned_end,
            "billing_rule": "periodic_arrears",
            "billing_period": placement.client.billing_period,
            "billing_window_days": 10 if by_month else 14,
            "recognition_rule": "as_delivered",
            "planned_quantity": quantity,
            "standard_quantity_per_period": cents(placement.weekly * _WEEKS_A_MONTH)
            if by_month
            else placement.weekly,
        },
    )
    amendments.write_rates(placement, history)
    history.add(
        "jobs", agreed, _job(placement, "placement") | {"planned_end_on": placement.planned_end}
    )
    history.change(
        "jobs",
        at(placement.starts_on, 8),
        placement.job_id,
        status="in_progress",
        started_on=placement.starts_on,
    )
    finished = {"status": "completed", "completed_on": placement.last_day - timedelta(days=2)}
    history.change(
        "jobs", at(placement.last_day + timedelta(days=1), 9), placement.job_id, **finished
    )
    history.change(
        "contracts",
        at(placement.last_day + timedelta(days=1), 9),
        placement.contract_id,
        status="ended",
    )
    amendments.write_changes(placement, history)


def write_permanent(seed: int, permanent: Permanent, history: History) -> None:
    chance = draws(seed, "commitment", permanent.number)
    agreed = at(permanent.agreed_on, 14)
    if permanent.has_deal:
        write_deal(chance, history, permanent, [(permanent.product, Decimal(1), permanent.fee)])
    history.add(
        "contracts",
        agreed,
        _contract(permanent)
        | {
            "ends_on": None,
            "billing_rule": "on_order" if permanent.billed_on_order else "on_delivery",
            "billing_window_days": 14,
            "recognition_rule": "point_in_time",
            "fee_type": "permanent",
            "fee_base_amount": permanent.salary,
            "fee_pct": permanent.fee_pct,
            "rebate_days": permanent.rebate_days,
            "rebate_pct": permanent.rebate_pct,
        },
    )
    history.add("jobs", agreed, _job(permanent, "permanent_placement"))
    started = at(permanent.starts_on, 10)
    filled = {
        "status": "completed",
        "started_on": permanent.starts_on,
        "completed_on": permanent.starts_on,
    }
    history.change("jobs", started, permanent.job_id, **filled)
    if permanent.left_on is not None:
        history.change(
            "jobs", at(permanent.left_on, 16), permanent.job_id, left_on=permanent.left_on
        )
    history.add(
        "deliveries",
        started,
        {
            "delivery_id": permanent.start_id,
            "job_id": permanent.job_id,
            "product_id": permanent.product.product_id,
            "person_id": permanent.worker.person_id,
            "delivery_type": "placement_start",
            "status": "approved",
            "billable": True,
            "delivered_on": permanent.starts_on,
            "approved_on": permanent.starts_on,
            "quantity": Decimal(1),
            "unit": "each",
        },
    )


def write_deal(
    chance: random.Random,
    history: History,
    sold: Placement | Permanent,
    lines: list[tuple[Any, Decimal, Decimal]],
) -> None:
    """The opportunity behind a placement: submitted, offered, won on the day it was agreed."""
    lines = [line for line in lines if line[2] > ZERO]
    created = max(FIRST_DAY, working_day(sold.agreed_on - timedelta(days=chance.randrange(10, 45))))
    offered = created + (sold.agreed_on - created) // 2
    temporary = isinstance(sold, Placement)
    row = {
        "deal_id": sold.deal_id,
        "deal_name": f"{sold.product.name} for {sold.client.name}",
        "customer_id": sold.client.customer_id,
        "owner_id": sold.recruiter_id,
        "stage": "Submitted",
        "is_closed": False,
        "is_won": False,
        "amount": sum((cents(quantity * price) for _, quantity, price in lines), ZERO),
        "currency": sold.client.currency,
        "probability": Decimal("0.2"),
        "created_on": created,
        "expected_close_on": sold.agreed_on,
        "service_starts_on": sold.starts_on,
        "service_ends_on": sold.planned_end if isinstance(sold, Placement) else None,
        "required_skills": sold.product.skill if temporary else None,
    }
    history.add("deals", at(created, 9), row)
    deal_id = row["deal_id"]
    history.change(
        "deals",
        at(offered, 12),
        deal_id,
        stage="Offer",
        probability=Decimal("0.6"),
        proposal_sent_on=offered,
    )
    won = {
        "stage": "Won",
        "is_closed": True,
        "is_won": True,
        "probability": Decimal(1),
        "won_on": sold.agreed_on,
    }
    history.change("deals", at(sold.agreed_on, 13), deal_id, **won)
    for number, (product, quantity, price) in enumerate(lines, 1):
        hours = quantity * (HOURS_A_DAY if product.unit == "day" else 1) if product.skill else None
        # A fee has no cost of its own.
        planned_cost = (
            cents(quantity * sold.rates[0].pay)
            if isinstance(sold, Placement) and product.skill
            else ZERO
        )
        history.add(
            "deal_lines",
            at(created, 9),
            {
                "deal_line_id": f"{deal_id}-{number}",
                "deal_id": deal_id,
                "product_id": product.product_id,
                "description": product.name,
                "quantity": quantity,
                "unit": product.unit,
                "unit_price": price,
                "discount_amount": ZERO,
                "net_amount": cents(quantity * price),
                "planned_hours": hours,
                "planned_cost": planned_cost,
            },
        )


def _contract(sold: Placement | Permanent) -> dict[str, Any]:
    return {
        "contract_id": sold.contract_id,
        "customer_id": sold.client.customer_id,
        "deal_id": sold.deal_id,
        "starts_on": sold.starts_on,
        "payment_terms_days": sold.client.terms,
        "currency": sold.client.currency,
        "status": "active",
    }


def _job(sold: Placement | Permanent, job_type: str) -> dict[str, Any]:
    return {
        "job_id": sold.job_id,
        "job_ref": sold.job_ref,
        "deal_id": sold.deal_id,
        "contract_id": sold.contract_id,
        "customer_id": sold.client.customer_id,
        "job_type": job_type,
        "status": "planned",
        "manager_id": sold.recruiter_id,
        "person_id": sold.worker.person_id,
        "planned_start_on": sold.starts_on,
        "currency": sold.client.currency,
    }
