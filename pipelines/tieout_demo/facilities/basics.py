"""Seeded randomness, deterministic ids, money and the calendar: the few tools every module of the
arm uses."""

from __future__ import annotations

import calendar
import hashlib
import random
import uuid
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

T = TypeVar("T")

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
ENDS = date(2026, 9, 30)
STARTS = date(2025, 1, 1)
_NAMESPACE = uuid.UUID("6f9d7c1e-2b0a-5d52-9a37-0c1d5e6f7a81")
_FRIDAY = 4


def dice(*parts: object) -> random.Random:
    """A generator of its own for each subject, so that what happens to one never moves another."""
    return random.Random(" ".join(str(part) for part in parts))


def uid(*parts: object) -> str:
    """What `uuid.uuid5` gives, without its objects: the ledger needs a hundred thousand of them."""
    named = _NAMESPACE.bytes + " ".join(map(str, parts)).encode()
    text = hashlib.sha1(named, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def moment(on: date, hour: int, *key: object) -> datetime:
    """A UTC time in that hour, always the same for the same key; the hour orders what happens
    within one day."""
    second = zlib.crc32(" ".join(map(str, key)).encode()) % 3600
    return datetime.combine(on, time(hour)) + timedelta(seconds=second)


def end_of(on: date) -> datetime:
    return datetime.combine(on, time(23, 59, 59))


def working(on: date) -> date:
    """That day, or the Monday after it."""
    while on.weekday() > _FRIDAY:
        on += timedelta(days=1)
    return on


def working_before(on: date) -> date:
    """That day, or the Friday before it."""
    while on.weekday() > _FRIDAY:
        on -= timedelta(days=1)
    return on


def add_days(on: date, days: int) -> date:
    return on + timedelta(days=days)


def month_start(on: date) -> date:
    return on.replace(day=1)


def month_end(on: date) -> date:
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


def add_months(first: date, months: int) -> date:
    """The first of a later month."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_ends(until: date = ENDS) -> list[date]:
    ends = []
    first = STARTS
    while month_end(first) <= until:
        ends.append(month_end(first))
        first = add_months(first, 1)
    return ends


def working_days(first: date, last: date) -> list[date]:
    span = range((last - first).days + 1)
    return [day for day in (first + timedelta(days=n) for n in span) if day.weekday() <= _FRIDAY]


def between(rng: random.Random, low: int, high: int) -> int:
    return rng.randint(low, high)


def chance(rng: random.Random, percent: float) -> bool:
    return rng.random() * 100 < percent


def pick(rng: random.Random, options: Sequence[tuple[T, int]]) -> T:
    """One of the options, by whole-number weight."""
    point = rng.randrange(sum(weight for _, weight in options))
    for option, weight in options:
        point -= weight
        if point < 0:
            return option
    raise AssertionError("weights are positive")


def shares(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """The total in whole cents by weight; cumulative rounding, so that the pieces add up."""
    whole, running, given, pieces = sum(weights), 0, ZERO, []
    for weight in weights:
        running += weight
        upto = cents(total * running / whole)
        pieces.append(upto - given)
        given = upto
    return pieces
