"""Jobs: one for each won deal within days, its contract, and the work done on it by its kind."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import ENDS, add_days, chance, dice, moment, pick
from tieout_demo.facilities.invoicing.papers import BillItem
from tieout_demo.facilities.jobs import fixed_price, product_orders, time_and_materials
from tieout_demo.facilities.model import Contract, Deal, Job, Person, Rate
from tieout_demo.facilities.site import Site

FIRST_JOB = 1001
_WINDOWS = {
    "on_order": 14,
    "on_delivery": 21,
    "milestone": 30,
    "periodic_advance": 45,
    "periodic_arrears": 45,
}
_RECOGNITION = {
    "periodic_advance": "straight_line",
    "on_order": "point_in_time",
    "milestone": "as_delivered",
    "periodic_arrears": "as_delivered",
}
_DO = {
    "fixed_price": fixed_price.do,
    "time_and_materials": time_and_materials.do,
    "product_order": product_orders.do,
}


def jobs(seed: int, deals: list[Deal], staff: list[Person]) -> tuple[list[Job], list[BillItem]]:
    teams: dict[str, list[Person]] = {}
    for person in staff:
        teams.setdefault(person.skill, []).append(person)
    won = sorted(
        (deal for deal in deals if deal.won and deal.decided <= ENDS),
        key=lambda deal: (deal.decided, deal.number),
    )
    made, items = [], []
    for index, deal in enumerate(won):
        rng = dice(seed, "job", deal.number)
        manager, *team = teams[deal.skill]
        job = _job(rng, FIRST_JOB + index, deal, manager)
        made.append(job)
        if job.cancelled:
            continue
        site = Site(job, team, rng)
        _DO[deal.kind](site)
        job.completed = max(ticket.finished for ticket in job.tickets if ticket.finished)
        items += site.items
    return made, items


def _job(rng: random.Random, number: int, deal: Deal, manager: Person) -> Job:
    opened = moment(min(add_days(deal.decided, rng.randint(0, 4)), deal.starts), 13, "job", number)
    contract = Contract(
        ident=f"AG-{number:05d}",
        deal=deal,
        deal_ref=written(rng, deal.ident),
        starts=deal.starts,
        ends=deal.ends,
        window_days=21 if deal.period == "week" else _WINDOWS[deal.rule],
        recognition=_RECOGNITION.get(
            deal.rule, "as_delivered" if deal.kind != "fixed_price" else "point_in_time"
        ),
    )
    if deal.kind == "time_and_materials":
        labour = deal.lines[0]
        contract.rates.append(
            Rate(
                f"AR-{number:06d}",
                labour.product,
                labour.product.unit,
                labour.unit_net,
                deal.starts,
                None,
            )
        )
    job = Job(number, deal, contract, opened, manager, None, deal.starts, None)
    # The job's own reference may be missing: then the agreement it was opened under still leads to
    # the deal.
    job.deal_ref = pick(rng, ((written(rng, deal.ident), 90), (None, 10)))
    if deal.rule == "on_delivery" and chance(rng, 3):
        job.cancelled = add_days(deal.starts, -1)
    return job


def written(rng: random.Random, deal_id: str) -> str:
    """A deal id as people paste it."""
    return pick(
        rng,
        (
            (deal_id, 86),
            (f" {deal_id}", 3),
            (f"HS-{deal_id}", 4),
            (f"deal {deal_id}", 3),
            (f"https://app.hubspot.com/contacts/4471/deal/{deal_id}", 4),
        ),
    )


def planned_cost(job: Job) -> Decimal:
    return sum((line.planned_cost for line in job.deal.lines), Decimal(0))


def ended(job: Job, on: date) -> bool:
    return job.completed is not None and job.completed <= on
