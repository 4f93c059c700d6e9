"""Fixed price: billed on order, on completion, by accepted milestones, or month by month in
advance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import (
    ZERO,
    add_days,
    cents,
    chance,
    month_end,
    month_start,
    shares,
    working,
    working_before,
    working_days,
)
from tieout_demo.facilities.jobs.sales import periods
from tieout_demo.facilities.model import Line, Ticket
from tieout_demo.facilities.site import HALF, Site

_STAGES = ("Survey and design", "First fix", "Second fix", "Handover")


def do(site: Site) -> None:
    rule = site.job.deal.rule
    if rule == "periodic_advance":
        _maintain(site)
        return
    lines = site.job.deal.lines
    days = working_days(site.job.started, site.job.deal.ends)
    for index, line in enumerate(lines):
        first = days[index * len(days) // len(lines)]
        last = days[(index + 1) * len(days) // len(lines) - 1]
        if rule == "milestone":
            _by_milestones(site, line, first, last)
        else:
            _in_one(site, line, first, last, rule)
    if rule == "milestone":
        _vary(site)


def _in_one(site: Site, line: Line, first: date, last: date, rule: str) -> None:
    finished = working_before(last)
    ticket = site.ticket(
        line, "Works", first, finished, line.planned_hours, signed_off=finished, worth=line.net
    )
    _work(site, line, ticket, first, finished, line.planned_hours)
    if rule == "on_order":
        on = working(add_days(site.job.deal.decided, 1 + site.job.number % 5))
        site.bill(
            line.product,
            line.quantity,
            line.unit_price,
            line.discount_pct,
            f"{line.product.name}, as ordered",
            on,
        )
    else:
        on = working(add_days(finished, site.rng.randint(1, 4)))
        site.bill(
            line.product,
            line.quantity,
            line.unit_price,
            line.discount_pct,
            f"{line.product.name}, completed",
            on,
            ticket=ticket,
        )


def _by_milestones(site: Site, line: Line, first: date, last: date) -> None:
    days = working_days(first, last)
    count = min(site.rng.randint(2, 4), max(1, len(days) // 4))
    # Never two equal parts: equal invoices in a row are what a duplicate looks like.
    weights = [(30, 45, 25, 38)[n] + site.rng.randint(0, 6) for n in range(count)]
    hours = [part.quantize(HALF.normalize()) for part in shares(line.planned_hours, weights)]
    for number, worth in enumerate(shares(line.net, weights)):
        start, end = days[number * len(days) // count], days[(number + 1) * len(days) // count - 1]
        stage = _STAGES[number]
        _milestone(site, line, start, end, worth, stage, hours[number])


def _milestone(
    site: Site,
    line: Line,
    start: date,
    reached: date,
    worth: Decimal,
    stage: str,
    hours: Decimal,
    text: str = "",
) -> None:
    accepted = min(
        working(add_days(reached, site.rng.randint(0, 7))), working_before(month_end(reached))
    )
    accepted = max(accepted, reached)
    ticket = site.ticket(line, stage, start, reached, hours, signed_off=accepted)
    _work(site, line, ticket, start, reached, hours)
    title = f"{stage}: {line.product.name}{text}"
    done = site.milestone(line, ticket, reached, accepted, worth, title)
    on = working(add_days(accepted, site.rng.randint(1, 5)))
    change = site.job.changes[-1] if text else None
    site.bill(
        line.product,
        Decimal(1),
        worth,
        0,
        f"{title} ({done.ident})",
        on,
        net=worth,
        deliveries=[done],
        ticket=ticket,
        change=change,
    )


def _maintain(site: Site) -> None:
    """A visit each month, worth a month's fee; the invoice comes at the beginning of its period."""
    line = site.job.deal.lines[0]
    spans = periods(site.job.deal)
    months = int(line.quantity) // len(spans)
    monthly_hours = (line.planned_hours / line.quantity * 2).quantize(Decimal(1)) / 2
    for first, last in spans:
        on = working(add_days(first, site.rng.randint(0, 3)))
        text = f"{line.product.name}, {first:%d/%m/%Y} to {last:%d/%m/%Y}, in advance"
        site.bill(
            line.product,
            Decimal(months),
            line.unit_price,
            line.discount_pct,
            text,
            on,
            period=(first, last),
        )
        start = first
        while start <= last:
            days = working_days(start, month_end(start))
            visit = days[site.rng.randint(6, 14)]
            ticket = site.ticket(
                line, f"Visit {start:%Y-%m}", start, visit, monthly_hours, signed_off=visit
            )
            _work(site, line, ticket, add_days(visit, -3), visit, monthly_hours)
            site.milestone(
                line, ticket, visit, visit, cents(line.unit_net), f"Monthly visit {start:%B %Y}"
            )
            start = month_start(add_days(month_end(start), 1))


def _work(site: Site, line: Line, ticket: Ticket, first: date, last: date, hours: Decimal) -> None:
    """Hours near the plan, and for projects a subcontractor; neither is charged apart."""
    if hours <= 0:
        return
    actual = max(HALF, (hours * site.rng.randint(95, 104) / 100 * 2).quantize(Decimal(1)) / 2)
    site.time(line, ticket, first, last, actual, None)
    if line.product.category == "Projects":
        share = line.net * ticket.planned_hours / max(line.planned_hours, Decimal(1))
        gbp = share * fx.rate(site.job.deal.currency, "GBP", min(last, fx.LAST_DAY))
        site.subcontract(last, cents(gbp * site.rng.randint(18, 26) / 100))


def _vary(site: Site) -> None:
    """A change to the scope: a milestone of its own when approved, a line of paper otherwise."""
    if not chance(site.rng, 24):
        return
    job = site.job
    line = job.deal.lines[-1]
    days = working_days(job.started, job.deal.ends)
    asked = days[len(days) // 3]
    amount = cents(line.net * site.rng.randint(6, 18) / 100)
    status = (
        "approved" if chance(site.rng, 65) else "rejected" if chance(site.rng, 55) else "proposed"
    )
    decided = None if status == "proposed" else working(add_days(asked, site.rng.randint(1, 6)))
    made = site.change(
        line,
        asked,
        decided,
        status,
        ZERO,
        amount,
        site.rng.choice(("Extra area", "Client request", "Site condition")),
    )
    if status == "approved" and decided:
        reached = max(working(add_days(decided, 2)), working_before(job.deal.ends))
        _milestone(site, line, decided, reached, amount, "Variation", ZERO, text=f" {made.ident}")
