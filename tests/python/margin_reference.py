"""Planned cost, cost and work in progress of each job and product, from the definitions, in plain
Python.

It reads what happened (`fct_stage_events`), what it was counted by (the items of matching), and the
rows that were drawn; nothing of what the marts of margin stand on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bridge_companies import Row
from margin_reference_evidence import ZERO, Evidence, Place, cents, recorded_of
from margin_reference_plans import budgets, planned_costs


@dataclass
class Figures:
    """What a job and product was planned to cost, what it cost, and what of that is in progress."""

    planned: Decimal | None = None
    cost: Decimal = ZERO
    wip: Decimal = ZERO


def figures(evidence: Evidence) -> dict[Place, Figures]:
    """By job and product."""
    found: dict[Place, Figures] = defaultdict(Figures)
    for place, amount in planned_costs(evidence).items():
        found[place].planned = amount
    totals = _totals(evidence, found)
    costs = list(_costs(evidence, totals))
    for cost in costs:
        found[cost.place].cost += cost.amount
    estimates = _estimates(evidence, costs, totals)
    for place, delivered_cost in _in_progress(evidence, costs).items():
        found[place].wip = _wip(
            evidence, place, found[place].cost, delivered_cost, estimates.get(place, totals[place])
        )
    return found


def _totals(evidence: Evidence, found: dict[Place, Figures]) -> dict[Place, Decimal]:
    """Planned cost with what change orders added."""
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for place, one in found.items():
        totals[place] += one.planned or ZERO
    for event in evidence.events:
        if event["stage"] == "change_order":
            totals[event["job_key"], event["product_key"]] += evidence.changes[event["event_key"]]
    return totals


@dataclass(frozen=True)
class Cost:
    """What a cost is for, and whether it names work that counts."""

    place: Place
    amount: Decimal
    day: date
    is_delivered: bool


def _costs(evidence: Evidence, totals: dict[Place, Decimal]) -> Iterable[Cost]:
    """Each cost by product."""
    by_delivery = {
        (event["source_system"], event["source_id"]): event
        for event in evidence.events
        if event["stage"] == "delivered" and event["source_entity"] == "deliveries"
    }
    for event in evidence.events:
        if event["stage"] != "cost" or event["reporting_amount"] is None:
            continue
        is_loaded = event["source_entity"] == "deliveries"
        row = {"delivery_id": event["source_id"]} if is_loaded else recorded_of(evidence, event)
        is_delivered = (event["source_system"], row.get("delivery_id")) in by_delivery
        place = (event["job_key"], event["product_key"])
        shares = sorted(
            (other[1], total)
            for other, total in totals.items()
            if other[0] == place[0]
            and other[0] != "unknown"
            and other[1] != "unknown"
            and total > 0
        )
        if place[1] != "unknown" or not shares:
            yield Cost(place, event["reporting_amount"], event["event_on"], is_delivered)
            continue
        whole, running, given = sum(total for _, total in shares), ZERO, ZERO
        for product, total in shares:
            running += total
            upto = cents(event["reporting_amount"] * running / whole)
            yield Cost((place[0], product), upto - given, event["event_on"], is_delivered)
            given = upto


def _in_progress(evidence: Evidence, costs: list[Cost]) -> dict[Place, Decimal]:
    """The cost that names delivered work, of the places that may have work in progress."""
    delivered: dict[Place, Decimal] = defaultdict(Decimal)
    for cost in costs:
        job = evidence.jobs.get(cost.place[0])
        # What nobody could place is in progress of nothing.
        if cost.place[0] != "unknown" and job is not None and not _is_over(job, evidence.as_of):
            delivered[cost.place] += cost.amount if cost.is_delivered else ZERO
    return delivered


def _is_over(job: Row, as_of: date) -> bool:
    """Completed by then, or cancelled."""
    late = job["completed_on"] is not None and job["completed_on"] > as_of
    return job["status"] == "cancelled" or (job["status"] == "completed" and not late)


def _wip(
    evidence: Evidence, place: Place, cost: Decimal, delivered_cost: Decimal, estimate: Decimal
) -> Decimal:
    """Cost, less what names delivered work, less what the delivered share of the whole costs."""
    whole, part = ZERO, ZERO
    for event in evidence.events:
        if (event["job_key"], event["product_key"]) == place:
            if event["stage"] in ("booked", "change_order"):
                whole += event["reporting_amount"] or ZERO
            if event["stage"] == "delivered":
                part += event["reporting_amount"] or ZERO
    counted = _counted(evidence, place)
    if counted is not None:
        whole, part = counted
    if whole <= 0 or cost <= delivered_cost:
        return ZERO
    rest, eac = cost - delivered_cost, max(estimate, cost)
    return rest - max(min(rest, cents(eac * part / whole) - delivered_cost), ZERO)


COUNTED = ("time", "material", "shipment")


def _counted(evidence: Evidence, place: Place) -> tuple[Decimal, Decimal] | None:
    """What was sold and what is delivered, where all of it is counted, and in one unit."""
    if evidence.jobs[place[0]]["job_type"] in ("fixed_price", "permanent_placement"):
        return None
    sold = [row for row in evidence.sold if (row["job_key"], row["product_key"]) == place]
    worked = [
        row
        for row in evidence.worked
        if (row["job_key"], row["product_key"]) == place and row["valuation_rule"] != "rebate"
    ]
    units: set[str] = set()
    quantities = []
    for row, unit, quantity, is_measured in [
        *((row, row["sold_unit"], row["sold_quantity"], True) for row in sold),
        *(
            (row, row["base_unit"], row["base_quantity"], row["delivery_type"] in COUNTED)
            for row in worked
        ),
    ]:
        if (quantity is None or not is_measured) and (row["document_amount"] or ZERO) > 0:
            return None
        if is_measured and quantity:
            units.add(unit or "none")
        quantities.append(quantity or ZERO if is_measured else ZERO)
    contracted = sum(quantities[: len(sold)], ZERO)
    if len(units) != 1 or contracted <= 0:
        return None
    return contracted, sum(quantities[len(sold) :], ZERO)


def _estimates(
    evidence: Evidence, costs: list[Cost], totals: dict[Place, Decimal]
) -> dict[Place, Decimal]:
    """What is still to come and was spent by the day of that estimate, else the budget that holds
    now and the changes since."""
    all_budgets = list(budgets(evidence))
    found: dict[Place, Decimal] = {}
    for place in {budget.place for budget in all_budgets}:
        mine = [budget for budget in all_budgets if budget.place == place]
        held = [one for one in mine if one.is_now and one.worth is not None]
        if held:
            day = max(one.day for one in mine if one.is_now and one.cost is not None)
            found[place] = sum((one.worth or ZERO for one in held), ZERO) + sum(
                (
                    evidence.changes[event["event_key"]]
                    for event in evidence.events
                    if event["stage"] == "change_order"
                    and (event["job_key"], event["product_key"]) == place
                    and event["event_on"] > day
                ),
                ZERO,
            )
        left = [one for one in mine if one.is_estimate]
        if any(one.to_complete is not None for one in left):
            day = max(one.day for one in left)
            found[place] = sum((one.to_complete or ZERO for one in left), ZERO) + sum(
                (cost.amount for cost in costs if cost.place == place and cost.day <= day), ZERO
            )
    return found
