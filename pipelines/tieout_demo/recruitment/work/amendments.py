"""How a placement's terms change: its rates, and the change orders that carry every change of scope
or price."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.catalogue import EXPENSES
from tieout_demo.recruitment.model import Placement, Product, cents


def weeks_between(first: date, last: date) -> int:
    """Whole weeks from a Monday to a Sunday."""
    return ((last - first).days + 1) // 7


def write_rates(placement: Placement, history: History) -> None:
    """The contract's rates; the first one ends when the next is agreed."""
    for rate, following in zip(placement.rates, [*placement.rates[1:], None], strict=True):
        row = {
            "contract_rate_id": rate.rate_id,
            "contract_id": placement.contract_id,
            "product_id": placement.product.product_id,
            "person_id": placement.worker.person_id,
            "unit": placement.product.unit,
            "charge_rate": rate.charge,
            "pay_rate": rate.pay,
            "valid_from": rate.starts_on,
            "valid_to": None,
        }
        history.add("contract_rates", rate.agreed_at, row)
        if following is not None:
            ends_on = following.starts_on - timedelta(days=1)
            history.change("contract_rates", following.agreed_at, rate.rate_id, valid_to=ends_on)


def write_changes(placement: Placement, history: History) -> None:
    """Budgets for expenses, rate reviews, extensions and early ends, each proposed and then
    approved."""
    first = placement.rates[0]
    if placement.expense_budget and not placement.has_deal:
        agreed = at(placement.agreed_on, 14)
        _change(
            history,
            placement,
            "E",
            agreed,
            None,
            placement.expense_budget,
            "Budget for expenses",
            EXPENSES,
        )
    for rate in placement.rates[1:]:
        left = placement.weekly * weeks_between(
            rate.starts_on, min(placement.planned_end, placement.last_day)
        )
        amount = cents((rate.charge - first.charge) * left)
        _change(
            history, placement, "R", rate.agreed_at, None, amount, "Rate review", placement.product
        )
    weeks = weeks_between(placement.planned_end + timedelta(days=1), placement.last_day)
    if weeks > 0:
        agreed = at(working_day(placement.planned_end - timedelta(days=20)), 11)
        quantity = placement.weekly * weeks
        amount = cents(quantity * placement.rate_on(placement.last_day).charge)
        _change(
            history,
            placement,
            "X",
            agreed,
            quantity,
            amount,
            f"Extended by {weeks} weeks",
            placement.product,
        )
    elif placement.last_day < placement.planned_end:
        agreed = at(placement.last_day - timedelta(days=5), 11)
        weeks = weeks_between(placement.last_day + timedelta(days=1), placement.planned_end)
        quantity = -placement.weekly * weeks
        # The weeks that fall away were booked at the first rate; a review counted only those that
        # remain.
        amount = cents(quantity * first.charge)
        _change(
            history,
            placement,
            "T",
            agreed,
            quantity,
            amount,
            "Ended early by the client",
            placement.product,
        )
    else:
        return
    history.change("contracts", agreed, placement.contract_id, ends_on=placement.last_day)
    history.change("jobs", agreed, placement.job_id, planned_end_on=placement.last_day)


def _change(
    history: History,
    placement: Placement,
    kind: str,
    agreed: datetime,
    quantity: Decimal | None,
    amount: Decimal,
    reason: str,
    product: Product,
) -> None:
    change_order_id = f"CO-{placement.number}-{kind}"
    row = {
        "change_order_id": change_order_id,
        "deal_id": placement.deal_id,
        "job_id": placement.job_id,
        "product_id": product.product_id,
        "status": "proposed",
        "quantity_delta": quantity,
        "amount_delta": amount,
        "currency": placement.currency,
        "reason": reason,
    }
    history.add("change_orders", max(agreed - timedelta(days=3), at(placement.agreed_on, 14)), row)
    history.change(
        "change_orders", agreed, change_order_id, status="approved", approved_on=agreed.date()
    )
