"""The treasury's exchange rates: working days of the ECB only, and how a day finds its rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from second_world.basics import AS_OF, q2

FIRST = date(2025, 10, 1)
CLOSED = frozenset(
    date.fromisoformat(text)
    for text in ("2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01")
)
DAYS_BACK = 4
_UNIT = Decimal("0.000000000001")


def working_days() -> list[date]:
    """The days that have a rate, oldest first."""
    span = (FIRST + timedelta(days=each) for each in range((AS_OF - FIRST).days + 1))
    return [on for on in span if on.weekday() < 5 and on not in CLOSED]


@cache
def table() -> dict[tuple[str, str, date], Decimal]:
    """(from, to, day) -> rate. A slow wave for each currency, four decimals as published."""
    found: dict[tuple[str, str, date], Decimal] = {}
    for number, on in enumerate(working_days()):
        gbp = Decimal(8600 + (number * 37) % 120 - 60 + number // 6) / 10000
        usd = Decimal(10850 + (number * 53) % 240 - 120 - number // 3) / 10000
        found["EUR", "GBP", on] = gbp
        found["EUR", "USD", on] = usd
        found["GBP", "EUR", on] = (1 / gbp).quantize(_UNIT)
        found["USD", "EUR", on] = (1 / usd).quantize(_UNIT)
    return found


def rate(source: str, target: str, on: date) -> Decimal:
    """The rate of the day, or the last one of at most four calendar days before."""
    if source == target:
        return Decimal(1)
    for back in range(DAYS_BACK + 1):
        found = table().get((source, target, on - timedelta(days=back)))
        if found is not None:
            return found
    raise LookupError(f"no rate {source} to {target} for {on}")


def to_eur(amount: Decimal, currency: str, on: date, own: Decimal | None = None) -> Decimal:
    """Base cents: at the document's own rate (units per EUR) where it has one, else the table's."""
    if currency == "EUR":
        return q2(amount)
    return q2(amount / own) if own is not None else q2(amount * rate(currency, "EUR", on))


def to_gbp(eur: Decimal, on: date) -> Decimal:
    """The reporting amount of a base amount, by the table's rate of the event's day."""
    return q2(eur * rate("EUR", "GBP", on))
