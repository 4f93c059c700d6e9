"""Stretches of events: how they are cut, laid end to end and taken from one another (decision 0008,
1 to 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from bridge_reference_evidence import Event

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")


def rounded(amount: Fraction, unit: Decimal = CENT) -> Decimal:
    """To the unit, half away from zero, without a rounding in between."""
    with localcontext() as context:
        context.prec = 60
        steps = abs(amount) / Fraction(unit)
        whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
        return (
            (Decimal(whole) * unit).copy_sign(Decimal(1 if amount >= 0 else -1))
            if whole
            else Decimal(0) * unit
        )


@dataclass(frozen=True, eq=False)
class Part:
    """A stretch of an event. `quantity` is in base units, and only there where the event is
    counted."""

    event: Event
    document: Decimal
    reporting: Decimal
    quantity: Decimal | None = None
    # Who took it back, where it is looked at because of that.
    taken_back_by: Event | None = None
    taken_back_for: str = ""

    @property
    def order(self) -> tuple[object, str]:
        return self.event.day, self.event.key

    def cut(self, start: Decimal, end: Decimal, whole: Decimal) -> Part:
        """The stretch from start to end of a measure by which all of this is `whole`."""

        def part(amount: Decimal, unit: Decimal = CENT) -> Decimal:
            share = Fraction(amount) / Fraction(whole)
            return rounded(share * Fraction(end), unit) - rounded(share * Fraction(start), unit)

        return replace(
            self,
            document=part(self.document),
            reporting=part(self.reporting),
            quantity=None if self.quantity is None else part(self.quantity, MILLIONTH),
        )


Measure = Callable[[Part], Decimal]


def by_document(part: Part) -> Decimal:
    return abs(part.document)


def by_worth(part: Part) -> Decimal:
    return abs(part.reporting)


def by_reporting(part: Part) -> Decimal:
    return part.reporting


def by_quantity(part: Part) -> Decimal:
    return part.quantity or Decimal(0)


class Pair(NamedTuple):
    """Two stretches that answer each other, and by what they were measured."""

    left: Part
    right: Part
    measure: Measure


def overlap(
    lefts: Sequence[Part], rights: Sequence[Part], measure: Measure
) -> tuple[list[Pair], list[Part], list[Part]]:
    """Both sides laid end to end in the order given: the pairs, and what is left of each side."""
    pairs: list[Pair] = []
    waiting = [[part, Decimal(0)] for part in rights]
    left_over: list[Part] = []
    for left in lefts:
        whole, start = measure(left), Decimal(0)
        if whole <= 0:
            left_over.append(left)
            continue
        for entry in waiting:
            right, taken = entry
            size = measure(right)
            piece = min(whole - start, size - taken)
            if piece <= 0:
                continue
            pairs.append(
                Pair(
                    left.cut(start, start + piece, whole),
                    right.cut(taken, taken + piece, size),
                    measure,
                )
            )
            entry[1] = taken + piece
            start += piece
        if start < whole:
            left_over.append(left.cut(start, whole, whole) if start else left)
    right_over = []
    for right, taken in waiting:
        size = measure(right)
        if size <= 0 or taken == 0:
            right_over.append(right)
        elif taken < size:
            right_over.append(right.cut(taken, size, size))
    return pairs, left_over, right_over


Partition = Callable[[Part], Hashable | None]


def in_partitions(
    lefts: Iterable[Part],
    rights: Iterable[Part],
    left_partition: Partition,
    right_partition: Partition,
    choose: Callable[[Sequence[Part]], Measure],
    latest_right_first: bool = False,
) -> tuple[list[Pair], list[Part], list[Part]]:
    """One pass: what has no partition (None) takes no part in it."""
    pairs: list[Pair] = []
    rooms: dict[Hashable, tuple[list[Part], list[Part]]] = defaultdict(lambda: ([], []))
    over: tuple[list[Part], list[Part]] = ([], [])
    for side, (parts, partition) in enumerate(((lefts, left_partition), (rights, right_partition))):
        for part in parts:
            room = partition(part)
            (over[side] if room is None else rooms[room][side]).append(part)
    for room_lefts, room_rights in rooms.values():
        room_lefts.sort(key=lambda part: part.order)
        room_rights.sort(key=lambda part: part.order, reverse=latest_right_first)
        found, left_over, right_over = overlap(
            room_lefts, room_rights, choose([*room_lefts, *room_rights])
        )
        pairs += found
        over[0].extend(left_over)
        over[1].extend(right_over)
    return pairs, over[0], over[1]


def stacked(
    negatives: Iterable[Part],
    positives: Iterable[Part],
    partition: Partition,
    measure: Measure = by_document,
) -> tuple[list[Pair], list[Part], list[Part]]:
    """A negative takes the latest positive amount still there, never one that comes after it; both
    from their ends."""
    pairs: list[Pair] = []
    rooms: dict[Hashable, list[Part]] = defaultdict(list)
    over: tuple[list[Part], list[Part]] = ([], [])
    for part in [*negatives, *positives]:
        room = partition(part)
        if room is None or measure(part) == 0:
            over[0 if part.document < 0 else 1].append(part)
        else:
            rooms[room].append(part)
    for parts in rooms.values():
        parts.sort(key=lambda part: (part.event.day, part.document < 0, part.event.key))
        stack: list[list] = []
        for part in parts:
            whole = measure(part)
            if part.document > 0:
                stack.append([part, whole])
                continue
            end = whole
            while end > 0 and stack:
                positive, there = stack[-1]
                piece = min(end, there)
                size = measure(positive)
                taken = positive.cut(there - piece, there, size)
                pairs.append(Pair(part.cut(end - piece, end, whole), taken, measure))
                end -= piece
                stack[-1][1] = there - piece
                if stack[-1][1] == 0:
                    stack.pop()
            if end > 0:
                over[0].append(part if end == whole else part.cut(Decimal(0), end, whole))
        for positive, there in stack:
            size = measure(positive)
            over[1].append(positive if there == size else positive.cut(Decimal(0), there, size))
    return pairs, over[0], over[1]
