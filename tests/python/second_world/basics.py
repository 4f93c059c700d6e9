"""What every module needs: cents, days, instants, and ids that are the same on every run."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid5

Doc = dict[str, Any]
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 18, tzinfo=timezone.utc)
CONVERSION = date(2025, 12, 31)
MONTH_ENDS = tuple(
    date(2026, month, day) for month, day in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 30))
)
_NAMESPACE = UUID("6f1d3a52-0c1e-4b7e-9d37-aa77c0de0002")


def uid(*parts: object) -> str:
    """A UUID that depends on the words alone."""
    return str(uuid5(_NAMESPACE, "/".join(map(str, parts))))


def dec(value: object) -> Decimal:
    """A Decimal from text or a whole number, never from a float."""
    if isinstance(value, float):
        raise TypeError(f"{value!r}: money is never a float")
    return value if isinstance(value, Decimal) else Decimal(str(value))


def q2(value: Decimal) -> Decimal:
    """To the cent, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def day(text: str) -> date:
    """`01-31` is in 2026, `2025-11-20` is itself."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def at(on: date, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of a day, UTC."""
    return datetime.combine(on, time(hour, minute), timezone.utc)


def month(on: date) -> str:
    """`2026-03`."""
    return f"{on:%Y-%m}"
