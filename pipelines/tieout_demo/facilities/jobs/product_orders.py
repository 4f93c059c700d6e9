"""Product orders: shipped in one to three lots a line, billed as each leaves or when ordered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, add_days, cents, chance, working, working_days
from tieout_demo.facilities.model import Change, Line, Ticket
from tieout_demo.facilities.site import Site


def do(site: Site) -> None:
    deal = site.job.deal
    days = working_days(site.job.started, deal.ends)
    for index, line in enumerate(deal.lines):
        lots = min(site.rng.randint(1, 3), int(line.quantity), len(days))
        dates = [
            days[(n + 1) * len(days) // lots - 1 - (index if lots < len(days) // 4 else 0)]
            for n in range(lots)
        ]
        change = _change(site, line, dates) if index == 0 and deal.rule == "on_delivery" else None
        ticket = site.ticket(line, "Supply", dates[0], dates[-1], ZERO)
        for quantity, on in zip(_split(line.quantity, lots), dates, strict=True):
            _ship(site, line, ticket, quantity, on, None)
        if change is not None:
            _ship(site, line, ticket, change.quantity, dates[-1], change)
        if deal.rule == "on_order":
            on = working(add_days(deal.decided, 1 + site.job.number % 5))
            site.bill(
                line.product,
                line.quantity,
                line.unit_price,
                line.discount_pct,
                f"{line.product.name}, as ordered",
                on,
            )


def _ship(
    site: Site, line: Line, ticket: Ticket, quantity: Decimal, on: date, change: Change | None
) -> None:
    sent = site.shipment(line, ticket, on, quantity)
    if site.job.deal.rule == "on_delivery":
        text = f"{line.product.name}, dispatch note {sent.ident}"
        if change is not None:
            text = f"{text}, variation {change.ident}"
        billed = working(add_days(on, site.rng.randint(0, 3)))
        site.bill(
            line.product,
            quantity,
            line.unit_price,
            line.discount_pct,
            text,
            billed,
            deliveries=[sent],
            ticket=ticket,
            change=change,
        )


def _split(quantity: Decimal, lots: int) -> list[Decimal]:
    """Whole pieces, the first lot the largest."""
    each = int(quantity) // lots
    return [quantity - each * (lots - 1)] + [Decimal(each)] * (lots - 1)


def _change(site: Site, line: Line, dates: list[date]) -> Change | None:
    """A few more of the first line, ordered before the last lot leaves."""
    if not chance(site.rng, 18):
        return None
    status = (
        "approved" if chance(site.rng, 70) else "rejected" if chance(site.rng, 60) else "proposed"
    )
    asked = site.job.started
    decided = (
        None
        if status == "proposed"
        else min(working(add_days(asked, site.rng.randint(0, 3))), dates[-1])
    )
    more = Decimal(max(1, int(line.quantity) * site.rng.randint(8, 25) // 100))
    made = site.change(
        line,
        asked,
        decided,
        status,
        more,
        cents(more * line.unit_net),
        site.rng.choice(("More stock", "Second site", "Spares")),
    )
    return made if status == "approved" else None
