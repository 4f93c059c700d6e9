"""Deals and what was agreed in them: kinds, lines, billing terms, dates. One in the customer's own
currency each."""

from __future__ import annotations

import random
from bisect import bisect_right
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Protocol

from tieout_demo.facilities.basics import (
    ENDS,
    STARTS,
    ZERO,
    add_days,
    add_months,
    cents,
    chance,
    dice,
    month_end,
    month_start,
    pick,
    working,
)
from tieout_demo.facilities.catalogue import SKILLS, by_skill
from tieout_demo.facilities.customers import local_price
from tieout_demo.facilities.model import Customer, Deal, Line, Owner, Product

KINDS = (("fixed_price", 40), ("time_and_materials", 35), ("product_order", 25))
RULES = {
    "fixed_price": (
        ("on_order", 18),
        ("on_delivery", 24),
        ("milestone", 38),
        ("periodic_advance", 20),
    ),
    "time_and_materials": (("periodic_arrears", 65), ("on_delivery", 35)),
    "product_order": (("on_delivery", 75), ("on_order", 25)),
}
_WIN_PCT = 65
SUBCONTRACT_PCT = 22
"""What a project's subcontractor is planned to take of its price."""
_TITLES = {"fixed_price": "Works", "time_and_materials": "Support", "product_order": "Supplies"}


class AddLine(Protocol):
    def __call__(
        self,
        product: Product,
        quantity: int | Decimal,
        price: Decimal,
        hours: Decimal = ZERO,
        *,
        pct: int | None = None,
    ) -> None: ...


def periods(deal: Deal) -> list[tuple[date, date]]:
    """The billing periods of a periodic contract; none for the others."""
    spans: list[tuple[date, date]] = []
    first = deal.starts
    while deal.period and first <= deal.ends:
        if deal.period == "week":
            following = add_days(first, 7)
        else:
            following = add_months(first, 3 if deal.period == "quarter" else 1)
        spans.append((first, add_days(following, -1)))
        first = following
    return spans


def deals(
    seed: int, count: int, customers: list[Customer], owners: list[Owner], catalogue: list[Product]
) -> list[Deal]:
    days = (ENDS - STARTS).days
    # From when on a customer and all those before her in the list are known.
    known_from = list(accumulate((customer.since for customer in customers), max))
    made = []
    for number in range(count):
        rng = dice(seed, "deal", number)
        created = working(add_days(STARTS, days * number // count))
        known = max(1, bisect_right(known_from, created))
        # Squaring the draw makes some customers far busier than others, as they are.
        customer = customers[int(known * rng.random() ** 2)]
        made.append(_deal(rng, number, created, customer, rng.choice(owners), catalogue))
    return made


def _deal(
    rng: random.Random,
    number: int,
    created: date,
    customer: Customer,
    owner: Owner,
    catalogue: list[Product],
) -> Deal:
    kind = pick(rng, KINDS)
    rule = pick(rng, RULES[kind])
    skill = rng.choice(SKILLS)
    proposed = working(add_days(created, rng.randint(4, 18)))
    decided = working(add_days(proposed, rng.randint(5, 32)))
    period, starts, ends = _schedule(rng, kind, rule, decided)
    deal = Deal(
        ident=str(15_300_000_000 + number * 271),
        number=number,
        kind=kind,
        name="",
        customer=customer,
        owner=owner,
        currency=customer.currency,
        created=created,
        proposed=proposed,
        decided=decided,
        won=chance(rng, _WIN_PCT),
        lines=[],
        rule=rule,
        period=period,
        starts=starts,
        ends=ends,
        skill=skill,
    )
    deal.lines = _lines(rng, deal, catalogue)
    deal.name = f"{customer.name} – {deal.lines[0].product.name} ({_TITLES[kind]} {created:%b %Y})"
    return deal


def _schedule(
    rng: random.Random, kind: str, rule: str, decided: date
) -> tuple[str | None, date, date]:
    """Periodic work begins with a month or a week; the rest a few days after it was won."""
    if rule == "periodic_advance":
        first = add_months(month_start(decided), 1 if decided.day <= 20 else 2)
        quarterly = chance(rng, 35)
        months = pick(rng, ((6, 40), (12, 60)))
        return "quarter" if quarterly else "month", first, month_end(add_months(first, months - 1))
    if rule == "periodic_arrears":
        if chance(rng, 70):
            first = add_months(month_start(decided), 1 if decided.day <= 20 else 2)
            return "month", first, month_end(add_months(first, rng.randint(2, 8) - 1))
        monday = add_days(decided, 7 + (7 - decided.weekday()) % 7)
        return "week", monday, add_days(monday, rng.randint(3, 8) * 7 - 1)
    starts = working(add_days(decided, rng.randint(6, 20)))
    length = rng.randint(35, 130) if rule == "milestone" else rng.randint(12, 60)
    return None, starts, working(add_days(starts, length))


def _lines(rng: random.Random, deal: Deal, catalogue: list[Product]) -> list[Line]:
    discount = rng.randint(1, 8) if chance(rng, 30) else 0
    trade = by_skill(catalogue, deal.skill, "Labour", "hour")[0]
    lines: list[Line] = []

    def add(
        product: Product,
        quantity: int | Decimal,
        price: Decimal,
        hours: Decimal = ZERO,
        *,
        pct: int | None = None,
    ) -> None:
        hour = local_price(trade.price, deal.currency) * trade.cost / trade.price
        worth = price * quantity
        others = cents(worth * SUBCONTRACT_PCT / 100) if product.category == "Projects" else ZERO
        # What is worked costs its hours, and goods what they are bought at.
        cost = cents(hours * hour if hours else worth * product.cost / product.price) + others
        line = Line(
            str(22_400_000_000 + deal.number * 4_100 + len(lines) * 17),
            product,
            Decimal(quantity),
            price,
            0,
            hours,
            cost,
            planned_subcontract=others,
        )
        line.discount_pct = discount if pct is None else pct
        # A discounted price stays one of whole cents, for half hours too.
        if line.unit_net * 100 % (2 if product.category == "Labour" else 1):
            line.discount_pct = 0
        lines.append(line)

    if deal.kind == "fixed_price":
        _fixed_lines(rng, deal, catalogue, add)
    elif deal.kind == "time_and_materials":
        _time_lines(rng, deal, catalogue, add)
    else:
        for product in rng.sample(by_skill(catalogue, deal.skill, "Materials"), rng.randint(1, 3)):
            quantity = rng.randint(100, 900) if product.price < 1 else rng.randint(4, 60)
            add(product, quantity, local_price(product.price, deal.currency))
    return lines


def _fixed_lines(rng: random.Random, deal: Deal, catalogue: list[Product], add: AddLine) -> None:
    """One to three pieces of work at a price each; a maintenance contract is its months."""
    if deal.rule == "periodic_advance":
        product = by_skill(catalogue, deal.skill, "Maintenance")[0]
        months = len(periods(deal)) * (3 if deal.period == "quarter" else 1)
        price = local_price(product.price * rng.randint(60, 180) / 100, deal.currency)
        add(product, months, price, Decimal(months * rng.randint(4, 10)))
        return
    for product in rng.sample(by_skill(catalogue, deal.skill, "Projects"), rng.randint(1, 2)):
        price = local_price(product.price * rng.randint(25, 210) / 100, deal.currency)
        hours = (price * 28 / 100 / 30).quantize(Decimal(1)) + 6
        add(product, 1, price, hours)


def _time_lines(rng: random.Random, deal: Deal, catalogue: list[Product], add: AddLine) -> None:
    """Hours or days of one trade, and for some the materials that go with them."""
    daily = chance(rng, 12)
    product = by_skill(catalogue, deal.skill, "Labour", "day" if daily else "hour")[0]
    spans = len(periods(deal)) or rng.randint(2, 5)
    each = rng.randint(16, 48) if deal.period == "month" else rng.randint(10, 34)
    units = Decimal(max(2, each // 8) * spans if daily else each * spans)
    add(product, units, local_price(product.price, deal.currency), units * 8 if daily else units)
    for goods in rng.sample(by_skill(catalogue, deal.skill, "Materials"), rng.randint(0, 2)):
        add(
            goods,
            rng.randint(200, 900) if goods.price < 1 else rng.randint(2, 14),
            local_price(goods.price, deal.currency),
            pct=0,
        )


def weekly_promises(deals_: list[Deal]) -> dict[str, Decimal]:
    """For each skill the hours promised by won deals in its busiest week, spread evenly over the
    weeks of service."""
    weeks: dict[tuple[str, date], Decimal] = {}
    for deal in deals_:
        if not deal.won:
            continue
        first = add_days(deal.starts, -deal.starts.weekday())
        count = max(1, ((deal.ends - first).days // 7) + 1)
        hours = sum((line.planned_hours for line in deal.lines), ZERO) / count
        for number in range(count):
            week = (deal.skill, add_days(first, 7 * number))
            weeks[week] = weeks.get(week, ZERO) + hours
    peaks: dict[str, Decimal] = {}
    for (skill, _), hours in weeks.items():
        peaks[skill] = max(peaks.get(skill, ZERO), hours)
    return peaks
