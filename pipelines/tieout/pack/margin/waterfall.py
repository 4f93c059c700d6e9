"""A walk drawn: each step a bar that begins where the one before it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Step:
    """One line of a walk, and where its bar lies on a line a hundred wide; the numbers only place
    it, what is read is the amount."""

    name: str
    sentence: str
    amount: Decimal
    is_total: bool
    x: float
    width: float


def drawn(
    first: tuple[str, Decimal], steps: Iterable[tuple[str, str, Decimal]], last: tuple[str, Decimal]
) -> list[Step]:
    """The walk from the first total to the last, whose bars stand on nothing; `steps` are (name,
    sentence, amount)."""
    lines: list[tuple[str, str, Decimal, bool, Decimal, Decimal]] = []
    level = first[1]
    lines.append((first[0], "", first[1], True, Decimal(0), level))
    for name, sentence, amount in steps:
        lines.append((name, sentence, amount, False, level, level + amount))
        level += amount
    lines.append((last[0], "", last[1], True, Decimal(0), last[1]))
    ends = [end for line in lines for end in line[4:]]
    low, size = min(ends), max(ends) - min(ends) or Decimal(1)
    return [
        Step(
            name,
            sentence,
            amount,
            is_total,
            round(float(100 * (min(start, end) - low) / size), 2),
            round(float(100 * abs(end - start) / size), 2),
        )
        for name, sentence, amount, is_total, start, end in lines
    ]
