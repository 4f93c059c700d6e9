"""Working days of the demo's recruitment arm, and the weeks and months that it bills and pays
by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

# The Netherlands' public holidays that fall on working days.
HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in [
        "2025-01-01",
        "2025-04-21",
        "2025-05-05",
        "2025-05-29",
        "2025-06-09",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-06",
        "2026-04-27",
        "2026-05-14",
        "2026-05-25",
        "2026-12-25",
    ]
)
THURSDAY, FRIDAY, SATURDAY = 3, 4, 5


def is_working_day(on: date) -> bool:
    return on.weekday() < SATURDAY and on not in HOLIDAYS


def working_day(on: date) -> date:
    """The day itself, or the next one on which people work."""
    while not is_working_day(on):
        on += timedelta(days=1)
    return on


def weekday_after(on: date, weekday: int) -> date:
    """The first such weekday after the day, moved to a working day."""
    ahead = (weekday - on.weekday() - 1) % 7 + 1
    return working_day(on + timedelta(days=ahead))


def nth_working_day(month: date, number: int) -> date:
    """The n-th working day of the month that `month` lies in."""
    on = working_day(month.replace(day=1))
    for _ in range(number - 1):
        on = working_day(on + timedelta(days=1))
    return on


def month_end(on: date) -> date:
    return (on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def next_month(on: date) -> date:
    """The first day of the month after."""
    return month_end(on) + timedelta(days=1)


def month_ends(first: date, last: date) -> Iterator[date]:
    """Every last day of a month from `first` to `last`."""
    on = month_end(first)
    while on <= last:
        yield on
        on = month_end(on + timedelta(days=1))


def at(on: date, hour: int, minute: int = 0) -> datetime:
    """An instant in UTC, without a zone, as the input layer has it."""
    return datetime.combine(on, time(hour, minute))


def holidays_in(starts_on: date, ends_on: date) -> int:
    return sum(1 for holiday in HOLIDAYS if starts_on <= holiday <= ends_on)
