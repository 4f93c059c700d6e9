"""What follows from the faults by definition: found from the finished history, not from where the
faults were put."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from tieout_demo.facilities.basics import ENDS, ZERO, add_days
from tieout_demo.facilities.books.earnings import eroded, unplanned
from tieout_demo.facilities.faults.in_cash import OVERDUE_DAYS, UNAPPLIED_DAYS
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.papers import Paper
from tieout_demo.facilities.model import Customer, Job, Party
from tieout_demo.facilities.names import BRANCH
from tieout_demo.facilities.world import World


def note_all(planter: Planter) -> None:
    known = {(row["control_id"], row["entity_id"]) for row in planter.world.truth}
    for control, entity, system, ident, value, currency, on, why in (
        *above_contract(planter.world),
        *overdue(planter.world),
        *unapplied(planter.world),
        *spelled_apart(planter.world),
    ):
        if (control, ident) not in known:
            planter.note(control, entity, system, ident, value, currency, on, why)
    world = planter.world
    # What no deal can be found for was planned by nobody.
    unsold = {row["entity_id"] for row in world.truth if row["control_id"] == "job_without_deal"}
    planned = [job for job in world.jobs if str(job.number) not in unsold]
    notes = [
        ("margin_erosion", "jobs", str(job.number), on, "earned far less of its value than planned")
        for job, on in eroded(planned, world.invoices, world.credits)
    ]
    notes += [
        (
            "planned_cost_missing",
            "change_orders",
            ident,
            on,
            "what the change costs was not planned",
        )
        for ident, on in unplanned(world.jobs)
    ]
    for control, entity, record, on, why in notes:
        planter.note(control, entity, "field_service", record, ZERO, "GBP", on, why)


Found = tuple[str, str, str, str, Decimal, str, date, str]


def contracted(job: Job) -> Decimal:
    return job.deal.net + sum(
        (change.amount for change in job.changes if change.status == "approved"), ZERO
    )


def above_contract(world: World) -> list[Found]:
    """Jobs billed for more than was sold and agreed on top, past one per cent or fifty."""
    billed: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for paper in world.invoices:
        for line in paper.lines:
            if line.job and line.told and not paper.voided and paper.issued <= ENDS:
                billed[line.job.number].append(
                    (paper.issued, line.net if line.worth is None else line.worth)
                )
    found: list[Found] = []
    for job in world.jobs:
        limit, running = contracted(job), ZERO
        for on, amount in sorted(billed[job.number]):
            running += amount
            if running > limit + max(Decimal(50), limit / 100):
                over = sum((amount for _, amount in billed[job.number]), ZERO) - limit
                found.append(
                    (
                        "invoiced_above_contract",
                        "jobs",
                        "field_service",
                        str(job.number),
                        over,
                        job.deal.currency,
                        on,
                        "more was billed than contracted",
                    )
                )
                break
    return found


def overdue(world: World) -> list[Found]:
    """Invoices with something open two months after they fell due, for good."""
    settled: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for receipt in world.receipts:
        if receipt.reversed is None:
            settled[receipt.invoice.ident] += receipt.amount
    allocations = [each for credit in world.credits for each in credit.allocations]
    for allocation in allocations + [
        each for cash in world.on_account for each in cash.allocations
    ]:
        if allocation.at.date() <= ENDS:
            settled[allocation.invoice.ident] += allocation.amount
    return [
        (
            "receivable_overdue",
            "invoices",
            "xero",
            paper.ident,
            paper.gross - settled[paper.ident],
            paper.currency,
            add_days(paper.due, OVERDUE_DAYS),
            "part of it is still open",
        )
        for paper in world.invoices
        if not paper.voided
        and add_days(paper.due, OVERDUE_DAYS) <= ENDS
        and paper.gross > settled[paper.ident]
    ]


def unapplied(world: World) -> list[Found]:
    return [
        (
            "cash_unapplied",
            "payments",
            "xero",
            cash.ident,
            cash.amount,
            cash.currency,
            add_days(cash.at.date(), UNAPPLIED_DAYS),
            "on account for more than two weeks",
        )
        for cash in world.on_account
        if not any(
            (allocation.at - cash.at).days < UNAPPLIED_DAYS for allocation in cash.allocations
        )
    ]


def unrated(world: World, days: frozenset[tuple[str, date]]) -> list[dict[str, Any]]:
    """Everything in a foreign currency that took place on a day without a rate, and carries none of
    its own."""
    events: list[tuple[str, str, str, Decimal, str, date]] = []
    for deal in world.deals:
        if deal.won and (deal.currency, deal.decided) in days:
            events += [
                ("deal_lines", "hubspot", line.ident, line.net, deal.currency, deal.decided)
                for line in deal.lines
            ]
    for job in world.jobs:
        money = job.deal.currency
        for delivery in job.deliveries:
            if delivery.counts and delivery.value and (money, delivery.on) in days:
                events.append(
                    (
                        "deliveries",
                        "field_service",
                        delivery.ident,
                        delivery.value,
                        money,
                        delivery.on,
                    )
                )
        for change in job.changes:
            if change.status == "approved" and change.decided and (money, change.decided) in days:
                events.append(
                    (
                        "change_orders",
                        "field_service",
                        change.ident,
                        change.amount,
                        money,
                        change.decided,
                    )
                )
        for ticket in job.tickets:
            if ticket.worth and ticket.finished and (money, ticket.finished) in days:
                events.append(
                    (
                        "work_orders",
                        "field_service",
                        ticket.ident,
                        ticket.worth,
                        money,
                        ticket.finished,
                    )
                )
    return [
        {
            "control_id": "fx_rate_missing",
            "entity": entity,
            "source_system": system,
            "entity_id": ident,
            "value_amount": value,
            "currency": money,
            "planted_on": on,
            "note": f"the treasury has no {money} rate on {on}",
        }
        for entity, system, ident, value, money, on in events
    ]


def spelled_apart(world: World) -> list[Found]:
    """Customers that the ledger spells like a sister company, and no number says that it is none: a
    person is asked."""
    papers: dict[int, list[Paper]] = defaultdict(list)
    for paper in world.invoices:
        if not paper.voided and not paper.on_twin:
            papers[paper.customer.number].append(paper)
    return [
        (
            "customer_unmatched",
            "customers",
            "xero",
            customer.books.ident,
            sum((paper.base(paper.net) for paper in papers[customer.number]), ZERO),
            "GBP",
            min(paper.issued for paper in papers[customer.number]),
            f"may be a sister company of {customer.name}",
        )
        for customer in world.customers
        if papers[customer.number] and _may_be_a_sister(customer)
    ]


def _may_be_a_sister(customer: Customer) -> bool:
    """The ledger keeps no name of the register, and its account codes are no part of the input
    layer."""
    others = (customer.crm, customer.ops)
    if BRANCH not in customer.books.name or any(BRANCH in other.name for other in others):
        return False
    return not any(_numbers(customer.books) & _numbers(other) for other in others)


def _numbers(party: Party) -> set[str]:
    return {number.replace(" ", "") for number in (party.tax_number, party.registration) if number}
