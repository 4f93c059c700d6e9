"""What the answers have in common: numbers of things, lists, amounts, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from tieout.pack.render import money

FEW = 3
"""So many are named; the others are counted."""


def listed(parts: Sequence[str]) -> Markup:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    told = [Markup("{}").format(part) for part in parts[:FEW]]
    if len(parts) > FEW:
        return Markup("{} and {} more").format(Markup(", ").join(told), f"{len(parts) - FEW:,}")
    if len(told) < 2:
        return told[0] if told else Markup("")
    return Markup("{} and {}").format(Markup(", ").join(told[:-1]), told[-1])


def n_of(number: int, one: str, many: str) -> str:
    """`1 exception`, `2 exceptions`."""
    return f"{number:,} {one if number == 1 else many}"


def every(number: int, one: str, many: str) -> Markup:
    """`The one law holds.`, `All 8 laws hold.`"""
    return Markup("{}.").format(f"The one {one}" if number == 1 else f"All {number:,} {many}")


def part_of(part: int, whole: int, one: str, many: str) -> str:
    """`1 of 3 laws is`, `2 of 3 laws are`; the noun is of the whole, the verb of the part."""
    noun, verb = (many if whole != 1 else one).split(" ", 1)
    verb = (one if part == 1 else many).split(" ", 1)[1]
    return f"{part:,} of {whole:,} {noun} {verb}"


def amount_of(currency: str, amount: Decimal) -> Markup:
    """`GBP 1,234.00`."""
    return Markup("{} {}").format(currency, money(amount))
