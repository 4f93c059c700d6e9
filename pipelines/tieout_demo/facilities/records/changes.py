"""The one rule of time: a record is what its last change up to a moment made it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


def last(until: datetime, *changes: datetime | None) -> datetime | None:
    """The latest change that has happened; None if the record isn't there yet, which its first
    change decides."""
    known = [at for at in changes if at is not None and at <= until]
    if not known or changes[0] is None or changes[0] > until:
        return None
    return max(known)


def last_of(until: datetime, first: datetime, others: Iterable[datetime | None]) -> datetime | None:
    return last(until, first, *others)
