"""Faults of billing: what was delivered and is never billed, and what is billed and was never
delivered."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from tieout_demo.facilities.basics import ENDS, ZERO, add_days, month_end
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.papers import BillItem
from tieout_demo.facilities.jobs.sales import periods
from tieout_demo.facilities.model import Deal, Job, Ticket


def plant(planter: Planter) -> None:
    _change_not_billed(planter)
    _ticket_not_billed(planter)
    _period_not_billed(planter)
    _not_billed(planter)
    _not_delivered(planter)


def deal_of(item: BillItem) -> Deal:
    return item.job.deal


def due_by(item: BillItem) -> date:
    """When the window has passed for what the item bills."""
    return max(
        [window_passed(item.job, delivery.on) for delivery in item.deliveries]
        or [window_passed(item.job, item.on)]
    )


def window_passed(job: Job, on: date) -> date:
    """The first day after the billing window of work done on a day; it opens at the end of a
    billing period."""
    if job.deal.rule in {"periodic_advance", "periodic_arrears"} and job.deal.period is not None:
        on = {"week": week_end, "month": month_end, "quarter": quarter_end}[job.deal.period](on)
    return on + timedelta(days=job.contract.window_days + 1)


def week_end(on: date) -> date:
    """The Sunday of its week."""
    return on + timedelta(days=6 - on.weekday())


def quarter_end(on: date) -> date:
    """The last day of its quarter."""
    return month_end(on.replace(day=1, month=(on.month + 2) // 3 * 3))


def symptoms(planter: Planter, item: BillItem, cause: str, *, ticket: Ticket | None = None) -> None:
    """Whoever looks from the deliveries, or from the work order, misses the invoice too."""
    currency = item.job.deal.currency
    for delivery in item.deliveries:
        if delivery.counts and delivery.billable:
            on = max(delivery.accepted or delivery.on, window_passed(item.job, delivery.on))
            planter.note(
                "delivered_not_invoiced",
                "deliveries",
                "field_service",
                delivery.ident,
                delivery.value,
                currency,
                on,
                cause,
            )
    if ticket is not None and ticket.finished:
        planter.note(
            "work_order_not_invoiced",
            "work_orders",
            "field_service",
            ticket.ident,
            item.net,
            currency,
            max(
                add_days(ticket.finished, 15),
                min(window_passed(item.job, delivery.on) for delivery in item.deliveries),
            ),
            cause,
        )


def _drop(planter: Planter, dropped: list[BillItem]) -> None:
    gone = {id(item) for item in dropped}
    planter.world.items = [item for item in planter.world.items if id(item) not in gone]


def _change_not_billed(planter: Planter) -> None:
    # Hours of a variation share their work order with others; what has papers of its own can be
    # missed by name.
    found = [
        item
        for item in planter.world.items
        if item.change and item.deliveries and item.deliveries[0].kind != "time"
    ]
    for item in planter.choose("change not billed", found, 40, deal_of, due_by):
        _drop(planter, [item])
        if item.change is not None:
            planter.note(
                "change_order_not_billed",
                "change_orders",
                "field_service",
                item.change.ident,
                item.net,
                item.job.deal.currency,
                due_by(item),
                "approved and done, in no invoice",
            )
        alone = item.ticket if item.deliveries[0].kind == "milestone" else None
        symptoms(
            planter,
            item,
            f"follows from change_order_not_billed {item.change.ident if item.change else ''}",
            ticket=alone,
        )


def _ticket_not_billed(planter: Planter) -> None:
    tickets: dict[str, list[BillItem]] = defaultdict(list)
    for item in planter.world.items:
        if (
            item.ticket is not None
            and item.job.deal.kind == "time_and_materials"
            and item.job.deal.rule == "on_delivery"
        ):
            tickets[item.ticket.ident].append(item)
    found = [items for items in tickets.values() if all(item.change is None for item in items)]
    for items in planter.choose(
        "ticket not billed",
        found,
        12,
        lambda items: items[0].job.deal,
        lambda items: due_by(items[0]),
    ):
        _drop(planter, items)
        ticket = items[0].ticket
        if ticket is None or ticket.finished is None:
            continue
        value = sum((item.net for item in items), ZERO)
        planter.note(
            "work_order_not_invoiced",
            "work_orders",
            "field_service",
            ticket.ident,
            value,
            items[0].job.deal.currency,
            max(add_days(ticket.finished, 15), due_by(items[0])),
            "done, and never passed to accounts",
        )
        for item in items:
            symptoms(planter, item, f"follows from work_order_not_invoiced {ticket.ident}")


def _period_not_billed(planter: Planter) -> None:
    together: dict[tuple[str, date], list[BillItem]] = defaultdict(list)
    for item in planter.world.items:
        if item.job.deal.period is not None:
            # Materials of the same weeks are billed with them.
            together[(item.job.code, item.on)].append(item)
    found = [
        items
        for items in together.values()
        if items[0].period and all(item.change is None for item in items)
    ]
    for items in planter.choose(
        "period not billed",
        found,
        8,
        lambda items: items[0].job.deal,
        lambda items: due_by(items[0]),
    ):
        _drop(planter, items)
        job, period = items[0].job, items[0].period
        if period is None:
            continue
        cause = f"follows from contract_period_not_billed {job.contract.ident} {period[0]}"
        value = sum((item.net for item in items), ZERO)
        ends = period_end(job, period)
        planter.note(
            "contract_period_not_billed",
            "contracts",
            "field_service",
            job.contract.ident,
            value,
            job.deal.currency,
            add_days(ends, 11),
            f"no invoice for {period[0]} to {ends}",
        )
        _follow(planter, job, items, (period[0], ends), cause)


def period_end(job: Job, span: tuple[date, date]) -> date:
    """A monthly span is noted by its last working day; the period itself ends with the month or the
    week."""
    return next((last for first, last in periods(job.deal) if first == span[0]), span[1])


def _follow(
    planter: Planter, job: Job, items: list[BillItem], span: tuple[date, date], cause: str
) -> None:
    if job.deal.rule == "periodic_arrears":
        for number, item in enumerate(items):
            symptoms(planter, item, cause, ticket=item.ticket if number == 0 else None)
        return
    for ticket in job.tickets:
        if ticket.finished and span[0] <= ticket.finished <= span[1]:
            visits = [
                delivery
                for delivery in job.deliveries
                if delivery.ticket is ticket and delivery.kind == "milestone"
            ]
            worth = sum((visit.value for visit in visits), ZERO)
            item = BillItem(
                job,
                items[0].product,
                items[0].quantity,
                ZERO,
                0,
                worth,
                "",
                items[0].on,
                visits,
                ticket,
            )
            symptoms(planter, item, cause, ticket=ticket)


def _not_billed(planter: Planter) -> None:
    """One of several lots, or the materials of a ticket: the rest of it is billed, so nobody
    notices."""
    lots: dict[str, list[BillItem]] = defaultdict(list)
    for item in planter.world.items:
        if item.ticket is not None and item.change is None and item.deliveries:
            lots[item.ticket.ident].append(item)
    found = [
        items[-1]
        for items in lots.values()
        if len(items) > 1 and items[-1].deliveries[0].kind in {"shipment", "material"}
    ]
    for item in planter.choose("not billed", found, 18, deal_of, due_by):
        _drop(planter, [item])
        symptoms(planter, item, "never passed to accounts")


def _not_delivered(planter: Planter) -> None:
    """Billed from a dispatch note of which nothing is left: the goods never went out."""
    found = [
        item
        for item in planter.world.items
        if item.job.deal.rule == "on_delivery"
        and len(item.deliveries) == 1
        and item.deliveries[0].kind == "shipment"
        and item.on <= ENDS
        and len(item.job.deliveries) > 1
    ]
    for item in planter.choose("not delivered", found, 12, deal_of, lambda item: item.on):
        sent = item.deliveries.pop()
        item.job.deliveries.remove(sent)
        item.job.moves = [move for move in item.job.moves if move.delivery is not sent]
        item.job.costs = [cost for cost in item.job.costs if cost.source != sent.ident]
        item.phantom = True
