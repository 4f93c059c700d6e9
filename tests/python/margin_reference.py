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
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
from bridge_companies import Row
from bridge_world import rows_of

ZERO = Decimal(0)
CENT = Decimal("0.01")
Place = tuple[str, str]
"""A job and a product."""


def cents(amount: Decimal) -> Decimal:
    """To the cent, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Figures:
    """What a job and product was planned to cost, what it cost, and what of that is in progress."""

    planned: Decimal | None = None
    cost: Decimal = ZERO
    wip: Decimal = ZERO


@dataclass(frozen=True)
class Evidence:
    """The rows behind the figures."""

    events: list[Row]
    jobs: dict[str, Row]
    job_keys: dict[tuple[str, str], str]
    product_keys: dict[tuple[str, str], str]
    sold: list[Row]
    worked: list[Row]
    changes: dict[str, Decimal]
    recorded: dict[tuple[str, str, str], Row]
    as_of: date


def read(
    con: duckdb.DuckDBPyConnection, recorded: dict[tuple[str, str, str], Row], as_of: date
) -> Evidence:
    """The evidence of a built warehouse; `recorded` has the drawn rows by system, entity and id."""
    currencies = {
        row["job_key"]: row["currency"] for row in rows_of(con, "intermediate.int_job_terms")
    }
    return Evidence(
        rows_of(con, "marts.fct_stage_events"),
        # A job's currency is its own, its contract's or its company's.
        {
            row["job_key"]: {**row, "currency": currencies.get(row["job_key"], row["currency"])}
            for row in rows_of(con, "marts.dim_job")
        },
        {
            (row["source_system"], row["source_id"]): row["job_key"]
            for row in rows_of(con, "intermediate.int_job_links")
            if row["source_entity"] == "jobs"
        },
        {
            (row["source_system"], row["source_id"]): row["product_key"]
            for row in rows_of(con, "marts.xref_product")
            if row["source_entity"] != "product_codes"
        },
        rows_of(con, "intermediate.int_commitment_items"),
        rows_of(con, "intermediate.int_delivery_items"),
        {
            row["event_key"]: row["reporting_amount"] or ZERO
            for row in rows_of(con, "intermediate.int_change_plans")
        },
        recorded,
        as_of,
    )


def figures(evidence: Evidence) -> dict[Place, Figures]:
    """By job and product."""
    found: dict[Place, Figures] = defaultdict(Figures)
    for place, amount in _planned(evidence).items():
        found[place].planned = amount
    totals = _totals(evidence, found)
    costs = list(_costs(evidence, totals))
    for place, amount, _ in costs:
        found[place].cost += amount
    for place, delivered_cost in _in_progress(evidence, costs).items():
        found[place].wip = _wip(evidence, place, found[place].cost, delivered_cost, totals)
    return found


def _recorded(evidence: Evidence, event: Row) -> Row:
    return evidence.recorded[event["source_system"], event["source_entity"], event["source_id"]]


def _planned(evidence: Evidence) -> dict[Place, Decimal]:
    """One plan a job and product: the deal lines', else the budget's. At the booking's rate."""
    rates: dict[tuple[str, str], Decimal] = {}
    booked = sorted(
        (event for event in evidence.events if event["stage"] == "booked"),
        key=lambda event: (event["event_on"], event["event_key"]),
    )
    won: dict[str, date] = {}
    for event in booked:
        won.setdefault(event["job_key"], event["event_on"])
        if event["exchange_rate"] is not None:
            rates.setdefault((event["job_key"], event["currency"]), event["exchange_rate"])

    def worth(job: str, currency: str | None, cost: Decimal) -> Decimal | None:
        if (job, currency) in rates:
            return cents(cost * rates[job, currency])  # type: ignore[index]
        return cost if currency == "GBP" else None

    plans: dict[int, dict[Place, list[Decimal | None]]] = {
        1: defaultdict(list),
        2: defaultdict(list),
    }
    for event in booked:
        if event["source_entity"] == "deal_lines":
            row = _recorded(evidence, event)
            if row.get("planned_cost") is not None:
                sign = -1 if event["valuation_rule"] == "un_won" else 1
                amount = worth(event["job_key"], event["currency"], row["planned_cost"])
                plans[1][event["job_key"], event["product_key"]].append(
                    None if amount is None else sign * amount
                )
    for place, currency, cost in _budgets(evidence, won):
        plans[2][place].append(worth(place[0], currency, cost))
    lined = {job for job, _ in plans[1]}
    chosen = dict(plans[2])
    chosen = {
        place: amounts
        for place, amounts in chosen.items()
        if place[1] != "unknown" or place[0] not in lined
    }
    for place, amounts in plans[1].items():
        chosen[place] = amounts
    return {
        place: sum((amount for amount in amounts if amount is not None), ZERO)
        for place, amounts in chosen.items()
        if any(amount is not None for amount in amounts)
    }


def _budgets(
    evidence: Evidence, won: dict[str, date]
) -> Iterable[tuple[Place, str | None, Decimal]]:
    """Of each phase, product and type the budget known on the day of winning, else the first."""
    only = _only_products(evidence)
    groups: dict[tuple[str, str, Any, Any], list[tuple[date, str, Row]]] = defaultdict(list)
    for (system, entity, source_id), row in evidence.recorded.items():
        job = evidence.job_keys.get((system, row["job_id"])) if entity == "job_budgets" else None
        if job is None or row["estimated_on"] > evidence.as_of:
            continue
        product = evidence.product_keys.get((system, row["product_id"])) or only.get(job, "unknown")
        group = (job, product, row["phase"], row["cost_type"])
        groups[group].append((row["estimated_on"], source_id, row))
    known = {
        (job, product)
        for (job, product, *_), versions in groups.items()
        if any(job in won and day <= won[job] for day, _, _ in versions)
    }
    for (job, product, *_), versions in groups.items():
        before = [one for one in versions if job in won and one[0] <= won[job]]
        if (job, product) in known and not before:
            continue
        last = max(day for day, _, _ in before) if before else min(day for day, _, _ in versions)
        row = min((one for one in before or versions if one[0] == last), key=lambda one: one[1])[2]
        if row["budget_cost"] is not None:
            yield (
                (job, product),
                row["currency"] or evidence.jobs[job]["currency"],
                row["budget_cost"],
            )


def _only_products(evidence: Evidence) -> dict[str, str]:
    sold: dict[str, set[str]] = defaultdict(set)
    for event in evidence.events:
        if event["stage"] in ("booked", "change_order") and event["job_key"] != "unknown":
            sold[event["job_key"]].add(event["product_key"])
    return {job: min(products) for job, products in sold.items() if len(products) == 1}


def _totals(evidence: Evidence, found: dict[Place, Figures]) -> dict[Place, Decimal]:
    """Planned cost with what change orders added."""
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for place, one in found.items():
        totals[place] += one.planned or ZERO
    for event in evidence.events:
        if event["stage"] == "change_order":
            totals[event["job_key"], event["product_key"]] += evidence.changes[event["event_key"]]
    return totals


def _costs(
    evidence: Evidence, totals: dict[Place, Decimal]
) -> Iterable[tuple[Place, Decimal, bool]]:
    """Each cost by product, and whether it names work that counts."""
    by_delivery = {
        (event["source_system"], event["source_id"]): event
        for event in evidence.events
        if event["stage"] == "delivered" and event["source_entity"] == "deliveries"
    }
    for event in evidence.events:
        if event["stage"] != "cost" or event["reporting_amount"] is None:
            continue
        row = _recorded(evidence, event)
        work = by_delivery.get((event["source_system"], row.get("delivery_id")))
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
            yield place, event["reporting_amount"], work is not None
            continue
        whole, running, given = sum(total for _, total in shares), ZERO, ZERO
        for product, total in shares:
            running += total
            upto = cents(event["reporting_amount"] * running / whole)
            yield (place[0], product), upto - given, work is not None
            given = upto


def _in_progress(
    evidence: Evidence, costs: list[tuple[Place, Decimal, bool]]
) -> dict[Place, Decimal]:
    """The cost that names delivered work, of the places that may have work in progress."""
    delivered: dict[Place, Decimal] = defaultdict(Decimal)
    for place, amount, is_delivered in costs:
        job = evidence.jobs.get(place[0])
        # What nobody could place is in progress of nothing.
        if place[0] != "unknown" and job is not None and not _is_over(job, evidence.as_of):
            delivered[place] += amount if is_delivered else ZERO
    return delivered


def _is_over(job: Row, as_of: date) -> bool:
    """Completed by then, or cancelled."""
    late = job["completed_on"] is not None and job["completed_on"] > as_of
    return job["status"] == "cancelled" or (job["status"] == "completed" and not late)


def _wip(
    evidence: Evidence,
    place: Place,
    cost: Decimal,
    delivered_cost: Decimal,
    totals: dict[Place, Decimal],
) -> Decimal:
    """Cost, less what names delivered work, less what the delivered share of the whole costs."""
    amounts = {"contracted": ZERO, "delivered": ZERO}
    for event in evidence.events:
        if (event["job_key"], event["product_key"]) == place:
            if event["stage"] in ("booked", "change_order"):
                amounts["contracted"] += event["reporting_amount"] or ZERO
            if event["stage"] == "delivered":
                amounts["delivered"] += event["reporting_amount"] or ZERO
    sold = [row for row in evidence.sold if (row["job_key"], row["product_key"]) == place]
    worked = [row for row in evidence.worked if (row["job_key"], row["product_key"]) == place]
    quantity = sum((row["sold_quantity"] or ZERO for row in sold), ZERO)
    job = evidence.jobs[place[0]]
    if amounts["contracted"] <= 0 or cost <= delivered_cost:
        return ZERO
    whole, part = amounts["contracted"], amounts["delivered"]
    if (
        job["job_type"] not in ("fixed_price", "permanent_placement")
        and quantity > 0
        and not any(row["sold_quantity"] is None and row["document_amount"] > 0 for row in sold)
    ):
        whole, part = quantity, sum((row["quantity"] or ZERO for row in worked), ZERO)
    to_complete = _to_complete(evidence, place)
    eac = cost + to_complete if to_complete is not None else max(totals[place], cost)
    rest = cost - delivered_cost
    return rest - max(min(rest, cents(eac * part / whole) - delivered_cost), ZERO)


def _to_complete(evidence: Evidence, place: Place) -> Decimal | None:
    """The estimate to complete that holds now, in the reporting currency."""
    only = _only_products(evidence)
    latest: dict[tuple[Any, Any], tuple[date, str, Row]] = {}
    for (system, entity, source_id), row in evidence.recorded.items():
        if entity != "job_budgets" or row["estimated_on"] > evidence.as_of:
            continue
        if evidence.job_keys.get((system, row["job_id"])) != place[0]:
            continue
        product = evidence.product_keys.get((system, row["product_id"]))
        if (product or only.get(place[0], "unknown")) != place[1]:
            continue
        group, version = (row["phase"], row["cost_type"]), (row["estimated_on"], source_id, row)
        if group not in latest or version[:2] > latest[group][:2]:
            latest[group] = version
    estimates = [
        row["estimate_to_complete_cost"]
        for _, _, row in latest.values()
        if (row["currency"] or evidence.jobs[place[0]]["currency"]) == "GBP"
        and row["estimate_to_complete_cost"] is not None
    ]
    return sum(estimates, ZERO) if estimates else None
