"""Daily exchange rates of the demo: one seeded walk a currency against the euro, crosses derived
from it.

The rates don't depend on the company's seed or scale: the world outside is the same whoever trades
in it. Weekends keep Friday's rate, as the central bank's reference rates do. Everything is decimal,
drawn from a generator whose sequence for a seed is the same in every Python.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

FIRST_DAY = date(2024, 12, 1)
LAST_DAY = date(2026, 12, 31)
CURRENCIES = ("EUR", "GBP", "USD", "CHF")

# Units of a currency for one euro: where the walk starts, and the level that it is pulled back to.
_ANCHORS = {
    "GBP": (Decimal("0.831000"), Decimal("0.858000")),
    "USD": (Decimal("1.054000"), Decimal("1.132000")),
    "CHF": (Decimal("0.931000"), Decimal("0.939000")),
}
_DAILY_SWING = Decimal("0.0070")
_PULL = Decimal("0.006")
_SIX = Decimal("0.000001")
_SATURDAY = 5


def rate(from_currency: str, to_currency: str, on: date) -> Decimal:
    """Units of `to_currency` for one unit of `from_currency` on a day, to six decimals.

    Raises LookupError outside FIRST_DAY … LAST_DAY and for a currency the demo doesn't trade in.
    """
    if from_currency not in CURRENCIES or to_currency not in CURRENCIES:
        raise LookupError(
            f"no demo rate for {from_currency}/{to_currency}; known are {', '.join(CURRENCIES)}"
        )
    if not FIRST_DAY <= on <= LAST_DAY:
        raise LookupError(f"no demo rate on {on}; the table covers {FIRST_DAY} to {LAST_DAY}")
    day = (on - FIRST_DAY).days
    if from_currency == to_currency:
        return Decimal("1.000000")
    return (_per_euro(to_currency)[day] / _per_euro(from_currency)[day]).quantize(
        _SIX, ROUND_HALF_UP
    )


def convert(amount: Decimal, from_currency: str, to_currency: str, on: date) -> Decimal:
    """An amount in another currency at the day's rate, to the cent."""
    return (amount * rate(from_currency, to_currency, on)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def days() -> Iterator[date]:
    """Every day that has a rate."""
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        yield FIRST_DAY + timedelta(days=offset)


@cache
def _per_euro(currency: str) -> tuple[Decimal, ...]:
    if currency == "EUR":
        return tuple(Decimal(1) for _ in days())
    start, anchor = _ANCHORS[currency]
    walk = random.Random(f"fx {currency}")
    level = start
    levels: list[Decimal] = []
    for on in days():
        if on.weekday() < _SATURDAY:
            # The mean of three draws is bell-shaped enough, and free of the logarithms that `gauss`
            # takes.
            draw = sum(Decimal(walk.randrange(-10_000, 10_001)) for _ in range(3)) / Decimal(30_000)
            level = (level + (anchor - level) * _PULL + level * draw * _DAILY_SWING).quantize(
                _SIX, ROUND_HALF_UP
            )
        levels.append(level)
    return tuple(levels)
