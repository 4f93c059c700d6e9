"""Faults of operations: jobs that hang in the air, hours and costs that run away, missing stock and
sign-offs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import (
    ENDS,
    ZERO,
    add_days,
    cents,
    moment,
    month_end,
    working_before,
)
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.model import Cost, Deal, Delivery, Job

_FLOOR = Decimal("0.15")


def plant(planter: Planter) -> None:
    live = [job for job in planter.world.jobs if not job.cancelled]
    _no_job(planter, live)
    _no_deal(planter, live)
    _no_supervisor(planter, live)
    _not_accepted(planter, live)
    _no_timesheet(planter, live)
    _no_stock_move(planter, live)
    estimated = {job.number for job in _scope(planter, live)}
    _misjudged(planter, [job for job in live if job.number not in estimated])
    _margin(planter, live)
    _not_repriced(planter, live)


def deal_of(job: Job) -> Deal:
    return job.deal


def _opened(job: Job) -> date:
    return job.opened.date()


def finished(job: Job) -> date:
    return job.completed or ENDS


def _no_job(planter: Planter, live: list[Job]) -> None:
    for job in planter.choose("no job", live, 6, deal_of, _opened):
        planter.world.jobs.remove(job)
        planter.world.items = [item for item in planter.world.items if item.job is not job]
        planter.note(
            "won_deal_without_job",
            "deals",
            "hubspot",
            job.deal.ident,
            job.deal.net,
            job.deal.currency,
            add_days(job.deal.decided, 8),
            "won, and never handed over",
        )


def _no_deal(planter: Planter, live: list[Job]) -> None:
    for job in planter.choose("no deal", live, 12, deal_of, _opened):
        wrong = job.deal.ident[:-3] + job.deal.ident[-1] + job.deal.ident[-3]
        job.deal_ref = job.contract.deal_ref = None if job.number % 2 else wrong
        what = "no deal id" if job.deal_ref is None else f"the deal id was mistyped as {wrong}"
        value = sum((amount for _, amount in job.earnings()), ZERO)
        # Before its first work nothing was done for which nothing was sold.
        days = [delivery.on for delivery in job.deliveries] + [cost.on for cost in job.costs]
        worked = min(days, default=ENDS)
        on = max(_opened(job), worked)
        planter.note(
            "job_without_deal",
            "jobs",
            "field_service",
            job.number,
            value,
            job.deal.currency,
            on,
            what,
        )
        planter.note(
            "won_deal_without_job",
            "deals",
            "hubspot",
            job.deal.ident,
            job.deal.net,
            job.deal.currency,
            add_days(job.deal.decided, 8),
            f"follows from job_without_deal {job.number}: {what}",
        )


def _no_supervisor(planter: Planter, live: list[Job]) -> None:
    for job in planter.choose("no supervisor", live, 5, deal_of, _opened):
        job.supervisor = None
        planter.note(
            "owner_missing",
            "jobs",
            "field_service",
            job.number,
            job.deal.net,
            job.deal.currency,
            _opened(job),
            "no supervisor entered",
        )


def _not_accepted(planter: Planter, live: list[Job]) -> None:
    found = [job for job in live if job.deal.rule == "milestone"]
    for job in planter.choose("not accepted", found, 25, deal_of, finished):
        last = max(
            (each for each in job.deliveries if each.kind == "milestone"),
            key=lambda each: (each.on, each.ident),
        )
        last.accepted = None
        last.ticket.signed_off = last.ticket.finished = job.completed = None
        planter.world.items = [item for item in planter.world.items if last not in item.deliveries]
        planter.note(
            "milestone_not_accepted",
            "deliveries",
            "field_service",
            last.ident,
            last.value,
            job.deal.currency,
            add_days(last.on, 15),
            "the client has not signed",
        )


def _no_timesheet(planter: Planter, live: list[Job]) -> None:
    """A month's hours are booked on the next month's visit."""
    found = [
        job
        for job in live
        if job.deal.rule == "periodic_advance"
        and job.deal.period == "month"
        and len(job.tickets) > 4
    ]
    for job in planter.choose(
        "no timesheet", found, 40, deal_of, lambda job: add_days(job.started, 100)
    ):
        empty, full = job.tickets[1], job.tickets[2]
        moved = {
            entry.ident: entry
            for entry in job.deliveries
            if entry.ticket is empty and entry.kind == "time"
        }
        on = working_before(add_days(full.finished or ENDS, -1))
        for entry in moved.values():
            entry.ticket, entry.on, entry.entered = full, on, moment(on, 17, entry.ident)
            entry.approved, entry.remarked = (
                moment(on, 18, entry.ident) if entry.approved else None,
                None,
            )
            entry.rejected = entry.deleted = None
        for cost in job.costs:
            if cost.source in moved:
                cost.on, cost.entered = on, moved[cost.source].entered
        period_end = month_end(empty.booked_for)
        planter.note(
            "timesheet_missing",
            "contracts",
            "field_service",
            job.contract.ident,
            job.deal.lines[0].unit_net,
            job.deal.currency,
            add_days(period_end, 8),
            f"no hours in {period_end:%Y-%m}",
        )


def _no_stock_move(planter: Planter, live: list[Job]) -> None:
    found = [job for job in live if len(job.moves) > 1]
    for number, job in enumerate(planter.choose("no stock move", found, 15, deal_of, finished)):
        move = job.moves[-1]
        sent = move.delivery
        if number % 3:
            job.moves.remove(move)
        else:
            move.on = add_days(move.on, 6)
        planter.note(
            "shipment_without_stock_move",
            "deliveries",
            "field_service",
            sent.ident,
            move.cost,
            "GBP",
            add_days(sent.on, 2),
            "stock never relieved" if number % 3 else "stock relieved six days late",
        )


def _scope(planter: Planter, live: list[Job]) -> list[Job]:
    found = [
        job
        for job in live
        if job.deal.kind == "fixed_price" and job.deal.period is None and _planned(job) >= 20
    ]
    chosen = planter.choose("scope", found, 15, deal_of, finished)
    for job in chosen:
        wanted, more, extra = _planned(job) * 35 / 100, ZERO, ZERO
        for serial, entry in enumerate(
            [each for each in job.deliveries if each.kind == "time" and each.approved]
        ):
            if more >= wanted:
                break
            copy, cost = _again(job, entry, 700 + serial)
            more, extra = more + copy.quantity, extra + cost.amount
        planter.note(
            "quote_scope_variance",
            "jobs",
            "field_service",
            job.number,
            extra,
            "GBP",
            finished(job),
            f"{more} hours more than the {_planned(job)} quoted",
        )
    return chosen


def _misjudged(planter: Planter, live: list[Job]) -> None:
    """Small jobs whose hours, recorded by the half day, came out otherwise than quoted without
    anybody's doing."""
    hours_of = {"hour": 1, "day": 8}
    for job in live:
        quoted = _planned(job) + sum(
            (
                change.quantity * hours_of[change.line.product.unit]
                for change in job.changes
                if change.status == "approved" and change.line.product.unit in hours_of
            ),
            ZERO,
        )
        entries = [
            each
            for each in job.deliveries
            if each.kind == "time" and each.counts and each.deleted is None
        ]
        worked = sum((each.quantity * hours_of.get(each.unit, 0) for each in entries), ZERO)
        if (
            job.completed is None
            or not worked
            or abs(worked - quoted) * 10 <= quoted
            or not _planned(job)
        ):
            continue
        labour = sum((cost.amount for cost in job.costs if cost.kind == "labour"), ZERO)
        value = cents(abs(worked - quoted) * labour / worked)
        note = f"{worked} hours for {quoted} quoted"
        planter.note(
            "quote_scope_variance",
            "jobs",
            "field_service",
            job.number,
            value,
            "GBP",
            job.completed,
            note,
        )


def _planned(job: Job) -> Decimal:
    return sum((line.planned_hours for line in job.deal.lines), ZERO)


def _again(job: Job, entry: Delivery, serial: int) -> tuple[Delivery, Cost]:
    number = job.number * 1000 + serial
    copy = replace(entry, ident=f"TS-{number:08d}", remarked=None)
    paid = next(cost for cost in job.costs if cost.source == entry.ident)
    cost = replace(paid, ident=f"JC-{number:08d}", source=copy.ident)
    job.deliveries.append(copy)
    job.costs.append(cost)
    return copy, cost


def _margin(planter: Planter, live: list[Job]) -> None:
    """A subcontractor eats the margin."""
    found = [
        job
        for job in live
        if job.deal.kind == "fixed_price" and job.deal.period is None and finished(job) <= ENDS
    ]
    for job in planter.choose("margin", found, 15, deal_of, finished):
        on = finished(job)
        value = sum((amount for _, amount in job.earnings()), ZERO) * fx.rate(
            job.deal.currency, "GBP", on
        )
        spent = sum((cost.amount for cost in job.costs), ZERO)
        extra = cents(value * (92 + job.number % 12) / 100 - spent)
        ident = f"JC-{job.number * 1000 + 800:08d}"
        job.costs.append(
            Cost(
                ident,
                "subcontract",
                on,
                moment(on, 16, ident),
                extra,
                Decimal(1),
                None,
                None,
                "SUP-RESCUE",
                f"RES/{job.number}",
            )
        )
        planter.note(
            "margin_below_threshold",
            "jobs",
            "field_service",
            job.number,
            cents(value * _FLOOR - (value - spent - extra)),
            "GBP",
            on,
            "a subcontractor rescued the job",
        )


def _not_repriced(planter: Planter, live: list[Job]) -> None:
    found = [
        job
        for job in live
        if any(change.status == "approved" and change.quantity for change in job.changes)
    ]
    for job in planter.choose(
        "not repriced", found, 60, deal_of, lambda job: job.changes[-1].decided or ENDS
    ):
        change = next(
            each for each in reversed(job.changes) if each.status == "approved" and each.quantity
        )
        lost, change.amount = change.amount, ZERO
        planter.note(
            "amendment_not_repriced",
            "change_orders",
            "field_service",
            change.ident,
            lost,
            job.deal.currency,
            change.decided or ENDS,
            f"{change.quantity} more, at no price",
        )
