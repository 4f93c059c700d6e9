"""What jobs earned beside what they were planned to, and changes that nobody planned, from the
finished history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import ENDS, ZERO, add_days
from tieout_demo.facilities.invoicing.credits import DISCOUNT
from tieout_demo.facilities.invoicing.papers import Credit, Paper
from tieout_demo.facilities.jobs.work import planned_cost
from tieout_demo.facilities.model import Job

_CONCEDED = ("price", "goodwill", "dispute")
_POINTS, _SMALL, _HUNDRED = Decimal(5), Decimal(100), Decimal(100)
_PLANNED_DAYS = 15


def eroded(
    jobs: Iterable[Job], invoices: Iterable[Paper], credits: Iterable[Credit]
) -> list[tuple[Job, date]]:
    """Finished jobs that earned five points or more under plan, and the day on which all
    of each was billed."""
    given, billed = _given_up(credits), _last_bills(invoices)
    found = []
    for job in jobs:
        done, planned = job.completed, planned_cost(job)
        if job.cancelled or done is None or done > ENDS or not planned:
            continue
        booked = _pounds(job, job.deal.net, job.deal.decided)
        value = sum((_pounds(job, worth, on) for on, worth in job.earnings()), -given[job.number])
        if booked <= _SMALL or value <= 0:
            continue
        spent = sum((cost.amount for cost in job.costs), ZERO)
        quoted = _pct(job.deal.net - planned, job.deal.net)
        if quoted - _pct(value - spent, value) >= _POINTS:
            found.append((job, max(done, billed.get(job.number, done))))
    return found


def unplanned(jobs: Iterable[Job]) -> list[tuple[str, date]]:
    """Approved changes of fixed prices that say what they bring, and nothing of what they take; and
    the day on which somebody should have planned it."""
    return [
        (change.ident, add_days(change.decided, _PLANNED_DAYS))
        for job in jobs
        if job.deal.kind == "fixed_price" and planned_cost(job)
        for change in job.changes
        if change.status == "approved"
        and change.decided
        and change.decided <= ENDS
        and not change.quantity
        and _pounds(job, change.amount, change.decided) > _SMALL
    ]


def _pounds(job: Job, amount: Decimal, on: date) -> Decimal:
    return amount * fx.rate(job.deal.currency, "GBP", on)


def _pct(part: Decimal, whole: Decimal) -> Decimal:
    return (_HUNDRED * part / whole).quantize(Decimal("0.01"))


def _last_bills(invoices: Iterable[Paper]) -> dict[int, date]:
    return {
        line.job.number: paper.issued
        for paper in sorted(invoices, key=lambda paper: paper.issued)
        for line in paper.lines
        if line.job and not paper.voided
    }


def _given_up(credits: Iterable[Credit]) -> dict[int, Decimal]:
    """What credit notes and settlement discounts took off each job, net of tax, in pounds."""
    given: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for credit in credits:
        if credit.paper.reason in _CONCEDED:
            for line in credit.paper.lines:
                if line.job:
                    given[line.job.number] += line.net * credit.paper.rate
        elif any(line.account == DISCOUNT for line in credit.paper.lines):
            for allocation in credit.allocations:
                bill = allocation.invoice
                for line in bill.lines:
                    if line.job:
                        share = allocation.amount * line.net / bill.gross
                        given[line.job.number] += share * bill.rate
    return given
