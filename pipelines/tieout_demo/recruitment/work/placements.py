"""Who works where, for how long, at which rates: temporary placements and people placed for
good."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.calendars import at, working_day
from tieout_demo.recruitment.catalogue import HEADHUNTERS, PERMANENT, PRODUCTS, RECRUITERS
from tieout_demo.recruitment.model import Client, Permanent, Placement, Product, Rate, draws
from tieout_demo.recruitment.workforce import Workforce

PLACEMENTS = 300
PERMANENTS = 60
FIRST_START = date(2025, 1, 6)
# Placements are counted by their start up to here; the simulation goes on beyond, at the same pace.
COUNTED_UNTIL = date(2026, 6, 29)
LAST_START = date(2026, 8, 31)
_WEEKS_COUNTED = (COUNTED_UNTIL - FIRST_START).days // 7
_WEEKS = (LAST_START - FIRST_START).days // 7


def build(seed: int, scale: float, clients: list[Client], workforce: Workforce) -> list[Placement]:
    count = max(6, round(PLACEMENTS * scale * _WEEKS / _WEEKS_COUNTED))
    chance = draws(seed, "placements")
    # A few clients take most of the people, as everywhere.
    weights = [1 + 6 * chance.random() ** 3 for _ in clients]
    starts = sorted(
        FIRST_START + timedelta(weeks=chance.randrange(_WEEKS + 1)) for _ in range(count)
    )
    return [
        _placement(
            chance, 10001 + number, chance.choices(clients, weights)[0], starts_on, workforce
        )
        for number, starts_on in enumerate(starts)
    ]


def _placement(
    chance: random.Random, number: int, client: Client, starts_on: date, workforce: Workforce
) -> Placement:
    product = chance.choice(PRODUCTS)
    weekly = Decimal(
        chance.choice((5, 5, 4))
        if product.unit == "day"
        else chance.choice((40, 40, 40, 36, 32, 24))
    )
    weeks = chance.choice((6, 8, 10, 13, 13, 17, 21, 26, 26, 34, 39))
    planned_end = starts_on + timedelta(days=7 * weeks - 1)
    fate = chance.random()
    change = (
        chance.choice((4, 6, 8, 13))
        if fate < 0.3
        else -chance.randrange(2, weeks // 2)
        if fate > 0.92
        else 0
    )
    last_day = planned_end + timedelta(weeks=change)
    charge = _price(chance, product, client.currency)
    pay = _rounded(charge * Decimal(chance.randrange(70, 82)) / 100, product)
    agreed_on = working_day(starts_on - timedelta(days=chance.randrange(5, 24)))
    rates = [Rate(f"CR-{number}-1", charge, pay, starts_on, at(agreed_on, 14))]
    if weeks >= 13 and chance.random() < 0.4:
        raised_on = starts_on + timedelta(weeks=chance.randrange(5, weeks - 4))
        rise = Decimal(chance.randrange(102, 107)) / 100
        agreed = at(working_day(raised_on - timedelta(days=10)), 15)
        raised = Rate(
            f"CR-{number}-2",
            _rounded(charge * rise, product),
            _rounded(pay * rise, product),
            raised_on,
            agreed,
        )
        if raised_on < last_day:
            rates.append(raised)
    return Placement(
        number=number,
        client=client,
        worker=workforce.place(chance, product.skill, starts_on, last_day, pay),
        recruiter_id=chance.choice(RECRUITERS),
        product=product,
        weekly=weekly,
        agreed_on=max(agreed_on, date(2025, 1, 2)),
        starts_on=starts_on,
        planned_end=planned_end,
        last_day=last_day,
        rates=rates,
        pay_cycle=chance.choice((1, 1, 1, 4)),
        expense_budget=Decimal(60 * weeks) if chance.random() < 0.15 else Decimal(0),
        has_deal=chance.random() < 0.45,
    )


def build_permanents(
    seed: int, scale: float, clients: list[Client], workforce: Workforce
) -> list[Permanent]:
    count = max(3, round(PERMANENTS * scale * _WEEKS / _WEEKS_COUNTED))
    chance = draws(seed, "permanents")
    starts = sorted(
        FIRST_START + timedelta(days=7 * chance.randrange(3, _WEEKS + 1)) for _ in range(count)
    )
    made = []
    for number, monday in enumerate(starts, 20001):
        client = chance.choice(clients)
        starts_on = working_day(monday)
        leaves_after = chance.randrange(12, 150) if chance.random() < 0.3 else None
        level = fx.rate("EUR", client.currency, date(2025, 1, 2))
        made.append(
            Permanent(
                number=number,
                client=client,
                worker=workforce.candidate(chance, starts_on),
                recruiter_id=chance.choice(HEADHUNTERS),
                product=PERMANENT,
                salary=(Decimal(chance.randrange(38, 111)) * level).quantize(Decimal("0.5")) * 1000,
                fee_pct=Decimal(chance.choice(("18", "20", "20", "22.5", "25"))),
                rebate_days=chance.choice((60, 90, 90, 100)),
                rebate_pct=Decimal(chance.choice((25, 50, 50, 100))),
                agreed_on=working_day(starts_on - timedelta(days=chance.randrange(12, 50))),
                starts_on=starts_on,
                left_on=working_day(starts_on + timedelta(days=leaves_after))
                if leaves_after
                else None,
                billed_on_order=chance.random() < 0.25,
                has_deal=chance.random() < 0.4,
            )
        )
    for permanent in made:
        permanent.agreed_on = max(permanent.agreed_on, date(2025, 1, 2))
    return made


def _price(chance: random.Random, product: Product, currency: str) -> Decimal:
    level = fx.rate("EUR", currency, date(2025, 1, 2))
    return _rounded(Decimal(chance.randrange(product.low, product.high)) * level, product)


def _rounded(price: Decimal, product: Product) -> Decimal:
    step = Decimal(5) if product.unit == "day" else Decimal("0.25")
    return ((price / step).quantize(Decimal(1)) * step).quantize(Decimal("0.01"))
