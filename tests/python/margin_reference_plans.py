"""What each job and product was planned to cost, by deal lines and budgets, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bridge_companies import Row
from margin_reference_evidence import (
    ZERO,
    Evidence,
    Place,
    cents,
    only_products,
    recorded_of,
)


def _won(evidence: Evidence) -> dict[str, date]:
    """The day of the first win of a job that stands, else of the last one; what was taken back and
    when is not drawn."""
    won: dict[str, date] = {}
    for event in evidence.events:
        if event["stage"] == "booked" and event["valuation_rule"] != "un_won":
            won[event["job_key"]] = min(
                won.get(event["job_key"], event["event_on"]), event["event_on"]
            )
    return won


def _booked_rate(evidence: Evidence, job: str, currency: str | None) -> Decimal | None:
    """That of the first booking in a currency."""
    rates = sorted(
        (event["event_on"], event["event_key"], event["exchange_rate"])
        for event in evidence.events
        if event["stage"] == "booked"
        and (event["job_key"], event["currency"]) == (job, currency)
        and event["exchange_rate"] is not None
    )
    return rates[0][2] if rates else Decimal(1) if currency == "GBP" else None


def _rate(evidence: Evidence, job: str, currency: str | None, budget: Row) -> Decimal | None:
    """Of a plan: the booking's in its currency, else the table's of the booking's day."""
    booked = _booked_rate(evidence, job, currency)
    if booked is not None:
        return booked
    day = _won(evidence).get(job) or budget["estimated_on"]
    return evidence.rates.get((budget["source_system"], currency or "", day))


def planned_costs(evidence: Evidence) -> dict[Place, Decimal]:
    """One plan a job and product: the deal lines', else the budget's. At the booking's rate."""
    lines: dict[Place, list[Decimal | None]] = defaultdict(list)
    for event in evidence.events:
        if event["stage"] == "booked" and event["source_entity"] == "deal_lines":
            row = recorded_of(evidence, event)
            if row.get("planned_cost") is not None:
                sign = -1 if event["valuation_rule"] == "un_won" else 1
                rate = _rate(
                    evidence,
                    event["job_key"],
                    event["currency"],
                    {"estimated_on": None, "source_system": ""},
                )
                lines[event["job_key"], event["product_key"]].append(
                    None if rate is None else sign * cents(row["planned_cost"] * rate)
                )
    lined = {job for job, _ in lines}
    chosen: dict[Place, list[Decimal | None]] = defaultdict(list)
    for budget in budgets(evidence):
        is_left_out = budget.is_for_all and budget.place[0] in lined
        if budget.is_plan and budget.cost is not None and not is_left_out:
            chosen[budget.place].append(budget.worth)
    chosen.update(lines)
    return {
        place: sum((amount for amount in amounts if amount is not None), ZERO)
        for place, amounts in chosen.items()
        if any(amount is not None for amount in amounts)
    }


@dataclass(frozen=True)
class Budget:
    """A budget as far as it is for one product; what is in another currency, in the reporting one
    too."""

    place: Place
    is_for_all: bool
    is_plan: bool
    is_now: bool
    is_estimate: bool
    day: date
    cost: Decimal | None
    worth: Decimal | None
    to_complete: Decimal | None


def budgets(evidence: Evidence) -> Iterable[Budget]:
    """Of each phase, product and type the lines of the last day that was known on the day of
    winning, else of the first day after it."""
    only, won = only_products(evidence), _won(evidence)
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for (system, entity, _), row in evidence.recorded.items():
        job = evidence.job_keys.get((system, row["job_id"])) if entity == "job_budgets" else None
        if job is not None and row["estimated_on"] <= evidence.as_of:
            product = evidence.product_keys.get((system, row["product_id"]))
            group = (job, product or only.get(job, "unknown"), row["phase"], row["cost_type"])
            groups[group].append({**row, "source_system": system})
    known = {
        (job, product)
        for (job, product, *_), rows in groups.items()
        for row in rows
        if job in won and row["estimated_on"] <= won[job] and row["budget_cost"] is not None
    }
    planned: dict[str, set[str]] = defaultdict(set)
    for job, product, *_ in groups:
        planned[job].add(product)
    for (job, product, *_), rows in groups.items():
        costed = [row for row in rows if row["budget_cost"] is not None] or rows
        before = [row for row in costed if job in won and row["estimated_on"] <= won[job]]
        days = [row["estimated_on"] for row in before or costed]
        plan_day = max(days) if before else min(days)
        is_product_known = (job, product) in known
        last_cost = max(row["estimated_on"] for row in costed)
        last_estimate = max(
            (row["estimated_on"] for row in rows if row["estimate_to_complete_cost"] is not None),
            default=None,
        )
        for row in rows:
            is_costed, day = row in costed, row["estimated_on"]
            is_known = job in won and day <= won[job]
            currency = row["currency"] or evidence.jobs[job]["currency"]
            plan_rate = _rate(evidence, job, currency, row)
            today = (
                Decimal(1)
                if currency == "GBP"
                else evidence.rates.get((row["source_system"], currency, evidence.as_of), plan_rate)
            )
            weights = _weights(evidence, job, planned[job]) if product == "unknown" else {}
            cost, etc = row["budget_cost"], row["estimate_to_complete_cost"]
            for place, part in _parts(job, product, weights):
                share = part(cost)
                to_complete = part(etc)
                yield Budget(
                    place,
                    product == "unknown",
                    is_costed and day == plan_day and is_known == is_product_known,
                    is_costed and day == last_cost,
                    etc is not None and day == last_estimate,
                    day,
                    share,
                    None if share is None or plan_rate is None else cents(share * plan_rate),
                    None if to_complete is None or today is None else cents(to_complete * today),
                )


def _weights(evidence: Evidence, job: str, planned: set[str]) -> dict[str, Decimal]:
    """What was sold of the products that have no budget of their own, else of all."""
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for event in evidence.events:
        if (
            event["stage"] == "booked"
            and event["job_key"] == job
            and event["valuation_rule"] != "un_won"
            and event["product_key"] != "unknown"
            and (event["reporting_amount"] or ZERO) > 0
        ):
            sold[event["product_key"]] += event["reporting_amount"]
    return {product: amount for product, amount in sold.items() if product not in planned} or sold


def _parts(
    job: str, product: str, weights: dict[str, Decimal]
) -> Iterable[tuple[Place, Callable[[Decimal | None], Decimal | None]]]:
    """What of an amount is for which product, by running share."""
    if not weights:
        yield (job, product), lambda amount: amount
        return
    whole, before = sum(weights.values(), ZERO), ZERO
    for one in sorted(weights):
        upto = before + weights[one]

        def part(
            amount: Decimal | None, before: Decimal = before, upto: Decimal = upto
        ) -> Decimal | None:
            if amount is None:
                return None
            return cents(amount * upto / whole) - cents(amount * before / whole)

        yield (job, one), part
        before = upto
