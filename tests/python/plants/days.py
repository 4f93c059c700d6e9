"""Days, months and exchange rates."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

FIRST, AS_OF = date(2025, 10, 1), date(2026, 6, 30)
CENT = Decimal("0.01")
ZERO = Decimal(0)
HOLIDAYS = {
    date(2025, 12, 25),
    date(2025, 12, 26),
    date(2026, 1, 1),
    date(2026, 4, 3),
    date(2026, 4, 6),
}
MONTHS = [(2025, m) for m in (10, 11, 12)] + [(2026, m) for m in range(1, 7)]
#: No rate of the Norwegian krone is published in these days.
NOK_GAP = (date(2026, 4, 14), date(2026, 4, 27))


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def month_start(month: tuple[int, int]) -> date:
    """The first day of a month."""
    return date(month[0], month[1], 1)


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def plus(day: date, days: int) -> date:
    """A day so many days later."""
    return day + timedelta(days=days)


def works(day: date) -> bool:
    """Whether banks and rates work on the day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def business(day: date) -> date:
    """The day, or the next one on which banks work."""
    while not works(day):
        day = plus(day, 1)
    return day


def before(day: date) -> date:
    """The day, or the last one before it on which banks work."""
    while not works(day):
        day = plus(day, -1)
    return day


class Rates:
    """Rates to sterling on working days; a document's own rate is near the table's."""

    def __init__(self, rng: random.Random, krone: bool) -> None:
        self.rng = rng
        self.table: dict[tuple[str, date], Decimal] = {}
        start = {"EUR": Decimal("0.861"), "USD": Decimal("0.778")} | (
            {"NOK": Decimal("0.0741")} if krone else {}
        )
        day = date(2025, 9, 1)
        while day <= AS_OF:
            if works(day):
                for code, value in start.items():
                    step = Decimal(rng.randint(-22, 22)) / 10000
                    start[code] = (value * (1 + step)).quantize(Decimal("0.000001"))
                    if not (code == "NOK" and NOK_GAP[0] <= day <= NOK_GAP[1]):
                        self.table[code, day] = start[code]
            day = plus(day, 1)

    def on(self, currency: str, day: date) -> Decimal | None:
        """The table's rate of the day, or the last one of at most four days before."""
        if currency == "GBP":
            return Decimal(1)
        return next(
            (
                self.table[currency, plus(day, -n)]
                for n in range(5)
                if (currency, plus(day, -n)) in self.table
            ),
            None,
        )

    def document(self, currency: str, day: date) -> Decimal:
        """The rate that a document of the day carries: the bank's, not the treasury's."""
        if currency == "GBP":
            return Decimal(1)
        near = self.on(currency, day) or self.on(currency, plus(NOK_GAP[0], -1)) or Decimal(1)
        return (near * (1 + Decimal(self.rng.randint(-30, 30)) / 10000)).quantize(
            Decimal("0.000001")
        )

    def rows(self) -> Iterator[tuple[str, date, Decimal]]:
        """The table, by day."""
        for (code, day), rate in sorted(
            self.table.items(), key=lambda item: (item[0][1], item[0][0])
        ):
            yield code, day, rate
