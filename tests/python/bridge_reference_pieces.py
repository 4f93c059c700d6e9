"""Pieces of the bridge, and what becomes of a pair (decision 0008, section 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bridge_reference_evidence import Event
from bridge_reference_parts import CENT, Pair, Part

HALF_A_CENT = CENT / 2


@dataclass(frozen=True)
class Piece:
    gap: str
    from_event_key: str | None
    to_event_key: str | None
    related_event_key: str | None
    from_on: date | None
    to_on: date | None
    from_amount: Decimal
    to_amount: Decimal
    reason: str
    match_rule: str
    keys: tuple[str, ...]

    @property
    def difference_amount(self) -> Decimal:
        return self.from_amount - self.to_amount


@dataclass
class Gap:
    """The pieces of one gap as they are found."""

    name: str
    pieces: list[Piece]

    def one_sided(
        self,
        side: str,
        event: Event,
        amount: Decimal,
        reason: str,
        rule: str = "unmatched",
        other: Event | None = None,
        related: Event | None = None,
    ) -> None:
        """A piece of `event` on its side; `other` stands on the other side, `related` on none."""
        sides = (event, other) if side == "from" else (other, event)
        amounts = (amount, Decimal(0)) if side == "from" else (Decimal(0), amount)
        self._add(*sides, *amounts, reason, rule, event, related)

    def settled(self, left: Event, right: Event, amount: Decimal, rule: str) -> None:
        self._add(left, right, amount, amount, "settled", rule, left, None)

    def _add(
        self,
        left: Event | None,
        right: Event | None,
        from_amount: Decimal,
        to_amount: Decimal,
        reason: str,
        rule: str,
        keyed_by: Event,
        related: Event | None,
    ) -> None:
        self.pieces.append(
            Piece(
                self.name,
                left and left.key,
                right and right.key,
                related and related.key,
                left and left.day,
                right and right.day,
                from_amount,
                to_amount,
                reason,
                rule,
                tuple(keyed_by.keys.values()),
            )
        )


def other_key(left: Event, right: Event) -> str | None:
    """The first key in which two sides differ."""
    for key, reason in (("job_key", "other_job"), ("customer_key", "other_customer"), ("product_key", "other_product")):
        if left.keys[key] != right.keys[key]:
            return reason
    return None


Variance = Callable[[str, bool], str]
"""What no other cause explains, by the side that is the larger and whether both are in one currency."""


def always(reason: str) -> Variance:
    return lambda side, one_currency: reason


def from_pairs(gap: Gap, rule: str, pairs: list[Pair], variance: Variance) -> None:
    """The pieces of pairs, each under the rule that found it."""
    for left, right in pairs:
        if (reason := other_key(left.event, right.event)) is not None:
            gap.one_sided("from", left.event, left.reporting, reason, rule, other=right.event)
            gap.one_sided("to", right.event, right.reporting, reason, rule, other=left.event)
        else:
            _from_pair(gap, rule, left, right, variance)


def _from_pair(gap: Gap, rule: str, left: Part, right: Part, variance: Variance) -> None:
    before = len(gap.pieces)
    if left.event.currency == right.event.currency:
        common = min(abs(left.document), abs(right.document))
        values = [_worth(part, Decimal(0), common) for part in (left, right)]
        settled = min(values, key=abs)
    else:
        common = None
        values = [left.reporting, right.reporting]
        settled = min(values, key=abs)
    if settled:
        gap.settled(left.event, right.event, settled, rule)
    for side, part, other, value in (("from", left, right, values[0]), ("to", right, left, values[1])):

        def rest(amount: Decimal, reason: str, side: str = side, part: Part = part, other: Part = other) -> None:
            if amount:
                gap.one_sided(side, part.event, amount, reason, rule, other=other.event)

        if common is None:
            rest(value - settled, _cause(left, right, variance(side, False)))
            continue
        rest(value - settled, "currency_translation")
        _remainder(rest, gap, side, part, other, common, _cause(left, right, variance(side, True)))
    if len(gap.pieces) == before:
        gap.settled(left.event, right.event, Decimal(0), rule)


def _cause(left: Part, right: Part, otherwise: str) -> str:
    deliveries = [part.event for part in (left, right) if part.event.stage == "delivered"]
    return "unpriced" if any(event.rule == "unpriced" for event in deliveries) else otherwise


def _worth(part: Part, start: Decimal, end: Decimal) -> Decimal:
    """What a stretch of the document amount of a part is worth in reporting currency."""
    if part.document == 0:
        return part.reporting
    return part.cut(start, end, abs(part.document)).reporting


def _remainder(
    rest: Callable[[Decimal, str], None], gap: Gap, side: str, part: Part, other: Part, common: Decimal, otherwise: str
) -> None:
    """What is left of the larger document amount, a piece for each cause."""
    size = abs(part.document)
    if size <= common:
        return
    if gap.name == "delivered_to_invoiced" and side == "from" and otherwise != "unpriced":
        discounted = min(size, common + max(other.discount, Decimal(0)))
        rest(_worth(part, common, discounted), "discount_given")
        common = discounted
    left = size - common
    if left and otherwise in ("price_variance", "rate_variance"):
        if left == CENT and abs(part.exact - other.exact) <= HALF_A_CENT:
            otherwise = "rounding"
    rest(_worth(part, common, size), otherwise)
