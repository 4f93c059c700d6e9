"""Time and materials: billed a week or a month in arrears, or ticket by ticket when each is
done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import (
    CENT,
    ZERO,
    add_days,
    cents,
    chance,
    working,
    working_before,
    working_days,
)
from tieout_demo.facilities.jobs.sales import periods
from tieout_demo.facilities.model import Change, Delivery, Line, Ticket
from tieout_demo.facilities.site import HALF, Site

_UPLIFT = date(2026, 1, 1)


def do(site: Site) -> None:
    labour = site.job.deal.lines[0]
    spans = _spans(site)
    change = _change(site, labour, spans)
    left = labour.quantity
    for number, (first, last, billed) in enumerate(spans):
        share = labour.quantity / len(spans)
        units = max(HALF, _halves(share * site.rng.randint(93, 98) / 100))
        units = min(units, left)
        left -= units
        ticket = site.ticket(labour, f"{first:%Y-%m-%d}", first, last, _halves(share))
        _bill_time(site, labour, ticket, first, last, units, billed, None)
        if change is not None and number == len(spans) - 1:
            _bill_time(site, labour, ticket, first, last, change.quantity, billed, change)
        for index, line in enumerate(site.job.deal.lines[1:]):
            _bill_material(site, line, ticket, last, billed, number, len(spans), index)
        if chance(site.rng, 6):
            site.free_time(labour, ticket, last)
        if labour.net >= 6000 and number == 0 and chance(site.rng, 30):
            _bill_expense(site, labour, ticket, last, billed)


def _spans(site: Site) -> list[tuple[date, date, date]]:
    """From, to, billed on."""
    deal = site.job.deal
    if deal.period:
        return [
            (
                first,
                working_before(last),
                working(add_days(last, site.rng.randint(1, 3 if deal.period == "week" else 6))),
            )
            for first, last in periods(deal)
        ]
    days = working_days(site.job.started, deal.ends)
    count = min(max(2, int(deal.lines[0].planned_hours) // 40), 5, max(1, len(days) // 4))
    spans = []
    for number in range(count):
        start = number * len(days) // count
        # A ticket is done within a week, so that its first hour is not old when it is billed.
        stop = min(start + 4, (number + 1) * len(days) // count - 1)
        spans.append(
            (days[start], days[stop], working(add_days(days[stop], site.rng.randint(1, 5))))
        )
    return spans


def _change(site: Site, labour: Line, spans: list[tuple[date, date, date]]) -> Change | None:
    """More hours, to be worked in the last span. A long contract's rates rise at the turn of the
    year."""
    _uplift(site, labour, spans)
    if len(spans) < 2 or not chance(site.rng, 22):
        return None
    status = (
        "approved" if chance(site.rng, 70) else "rejected" if chance(site.rng, 60) else "proposed"
    )
    asked = spans[-2][0]
    decided = (
        None
        if status == "proposed"
        else min(working(add_days(asked, site.rng.randint(1, 5))), spans[-1][0])
    )
    units = Decimal(2) if labour.product.unit == "day" else Decimal(site.rng.randint(2, 5) * 4)
    rate = _rate(site, spans[-1][0])
    made = site.change(
        labour,
        asked,
        decided,
        status,
        units,
        cents(units * rate),
        site.rng.choice(("Extra shift", "Second visit", "Longer scope")),
    )
    return made if status == "approved" else None


def _uplift(site: Site, labour: Line, spans: list[tuple[date, date, date]]) -> None:
    contract = site.job.contract
    after = [span for span in spans if span[0] >= _UPLIFT]
    if site.job.deal.period != "month" or spans[0][0] >= _UPLIFT or not after:
        return
    old = contract.rates[0]
    raised = type(old)(
        f"{old.ident}B",
        old.product,
        old.unit,
        old.charge + (16 if old.unit == "day" else 2),
        _UPLIFT,
        None,
    )
    old.valid_to = add_days(_UPLIFT, -1)
    contract.rates.append(raised)
    units = _halves(labour.quantity * len(after) / len(spans))
    site.change(
        labour,
        date(2025, 12, 1),
        date(2025, 12, 15),
        "approved",
        ZERO,
        cents(units * (raised.charge - old.charge)),
        "Rate uplift 2026",
    )


def _rate(site: Site, on: date) -> Decimal:
    """The contract's charge rate in force on a day."""
    return next(
        rate.charge
        for rate in site.job.contract.rates
        if rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)
    )


def _bill_time(
    site: Site,
    line: Line,
    ticket: Ticket,
    first: date,
    last: date,
    units: Decimal,
    on: date,
    change: Change | None,
) -> None:
    rate = _rate(site, first)
    entries = site.time(line, ticket, first, last, units, rate)
    text = f"{line.product.name}, {first:%d/%m/%Y} to {last:%d/%m/%Y}, {ticket.ident}"
    if change is not None:
        text = f"{text}, variation {change.ident}"
    period = (first, last) if site.job.deal.period else None
    site.bill(
        line.product,
        units,
        rate,
        0,
        text,
        on,
        deliveries=entries,
        ticket=ticket,
        change=change,
        period=period,
    )


def _bill_material(
    site: Site,
    line: Line,
    ticket: Ticket,
    last: date,
    on: date,
    number: int,
    count: int,
    index: int,
) -> None:
    """Materials go in when they are wanted: all at once, at a span that differs from line to
    line."""
    if number != (site.job.number + index) % count:
        return
    used: Delivery = site.material(line, ticket, last, line.quantity)
    site.bill(
        line.product,
        line.quantity,
        line.unit_price,
        0,
        f"{line.product.name} ({used.ident})",
        on,
        net=used.value,
        deliveries=[used],
        ticket=ticket,
    )


def _bill_expense(site: Site, line: Line, ticket: Ticket, last: date, on: date) -> None:
    recharge = Decimal(site.rng.randint(1800, 4800)) * CENT
    spent = site.expense(line, ticket, last, recharge)
    site.bill(
        line.product,
        Decimal(1),
        recharge,
        0,
        f"Travel at cost ({spent.ident})",
        on,
        net=recharge,
        deliveries=[spent],
        ticket=ticket,
    )


def _halves(units: Decimal) -> Decimal:
    return (units * 2).quantize(Decimal(1)) / 2
