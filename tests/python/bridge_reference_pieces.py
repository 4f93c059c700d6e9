"""Pieces of the bridge, and what becomes of a pair (decision 0008, section 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bridge_reference_counted import Counted
from bridge_reference_evidence import Event
from bridge_reference_parts import CENT, Pair, Part, by_quantity, rounded

HALF_A_CENT = Fraction(CENT) / 2


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
    # from, to or both: which side's amount it carries.
    side: str

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
        """A piece of `event` on its side; `other` stands on the other side, `related` on none; none
        without a rate."""
        if event.reporting is None:
            return
        sides = (event, other) if side == "from" else (other, event)
        amounts = (amount, Decimal(0)) if side == "from" else (Decimal(0), amount)
        self._add(*sides, *amounts, reason, rule, event, related, side)

    def nothing(self, side: str, event: Event, reason: str) -> None:
        """A piece of 0.00."""
        sides = (event, None) if side == "from" else (None, event)
        self._add(*sides, Decimal(0), Decimal(0), reason, "unmatched", event, None, side)

    def settled(self, left: Event, right: Event, amount: Decimal, rule: str) -> None:
        self._add(left, right, amount, amount, "settled", rule, left, None, "both")

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
        side: str,
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
                side,
            )
        )


def merged(pieces: list[Piece]) -> list[Piece]:
    """Parts of the same events for one reason and by one rule are one piece."""
    found: dict[tuple[object, ...], Piece] = {}
    for piece in pieces:
        events = (piece.gap, piece.from_event_key, piece.to_event_key, piece.related_event_key)
        key = (*events, piece.reason, piece.match_rule, piece.side)
        before = found.get(key)
        found[key] = (
            piece
            if before is None
            else replace(
                before,
                from_amount=before.from_amount + piece.from_amount,
                to_amount=before.to_amount + piece.to_amount,
            )
        )
    return list(found.values())


def other_key(left: Event, right: Event) -> str | None:
    """The first key in which two sides differ."""
    for key, reason in (
        ("job_key", "other_job"),
        ("customer_key", "other_customer"),
        ("product_key", "other_product"),
    ):
        if left.keys[key] != right.keys[key]:
            return reason
    return None


Variance = Callable[[str, bool], str]
"""What no other cause explains, by the side that is the larger and whether both are in one
currency."""


def always(reason: str) -> Variance:
    return lambda side, one_currency: reason


def from_pairs(
    gap: Gap,
    rule: str,
    pairs: list[Pair],
    variance: Variance,
    counts: dict[str, Counted] | None = None,
) -> None:
    """The pieces of pairs, each under the rule that found it; `counts` has the whole quantity of an
    event."""
    for left, right, measure in pairs:
        unrated = left.event.reporting is None or right.event.reporting is None
        reason = "rate_missing" if unrated else other_key(left.event, right.event)
        if reason is not None:
            gap.one_sided("from", left.event, left.reporting, reason, rule, other=right.event)
            gap.one_sided("to", right.event, right.reporting, reason, rule, other=left.event)
        else:
            pair = None
            if counts is not None and measure is by_quantity:
                pair = QuantityPair(
                    left, right, counts[left.event.key].quantity, counts[right.event.key].quantity
                )
            _from_pair(gap, rule, left, right, variance, pair)


def _from_pair(
    gap: Gap, rule: str, left: Part, right: Part, variance: Variance, pair: QuantityPair | None
) -> None:
    if left.event.currency == right.event.currency:
        is_one_sign = left.document * right.document >= 0
        common = min(abs(left.document), abs(right.document)) if is_one_sign else Decimal(0)
        values = [_worth(part, Decimal(0), common) for part in (left, right)]
    else:
        common = None
        values = [left.reporting, right.reporting]
    settled = min(values, key=abs) if values[0] * values[1] >= 0 else Decimal(0)
    gap.settled(left.event, right.event, settled, rule)
    for side, part, other, value in (
        ("from", left, right, values[0]),
        ("to", right, left, values[1]),
    ):

        def rest(
            amount: Decimal, reason: str, side: str = side, part: Part = part, other: Part = other
        ) -> None:
            if amount:
                gap.one_sided(side, part.event, amount, reason, rule, other=other.event)

        if common is None:
            rest(value - settled, _cause(gap, left, right, variance(side, False)))
            continue
        rest(value - settled, "currency_translation")
        _remainder(rest, pair, side, part, common, _cause(gap, left, right, variance(side, True)))


def _cause(gap: Gap, left: Part, right: Part, otherwise: str) -> str:
    rules = [part.event.rule for part in (left, right) if part.event.stage == "delivered"]
    if "unpriced" in rules:
        return "unpriced"
    is_order = gap.name == "contracted_to_delivered" and "order_line_price" in rules
    return "job_differs_from_deal" if is_order else otherwise


def _worth(part: Part, start: Decimal, end: Decimal) -> Decimal:
    """What a stretch of the document amount of a part is worth in reporting currency."""
    if part.document == 0:
        return part.reporting
    return part.cut(start, end, abs(part.document)).reporting


def _remainder(
    rest: Callable[[Decimal, str], None],
    pair: QuantityPair | None,
    side: str,
    part: Part,
    common: Decimal,
    otherwise: str,
) -> None:
    """What is left of the larger document amount, a piece for each cause."""
    size = abs(part.document)
    if size <= common:
        return
    if pair is not None and side == "from" and otherwise == "rate_variance":
        discounted = min(size, common + pair.discount())
        rest(_worth(part, common, discounted), "discount_given")
        common = discounted
    if (
        pair is not None
        and otherwise != "unpriced"
        and size - common == CENT
        and pair.apart() <= HALF_A_CENT
    ):
        otherwise = "rounding"
    rest(_worth(part, common, size), otherwise)


@dataclass(frozen=True)
class QuantityPair:
    """Two parts that were matched by quantity, with the whole quantities of their events."""

    left: Part
    right: Part
    left_quantity: Decimal
    right_quantity: Decimal

    def discount(self) -> Decimal:
        """The share of the line's discount that the part's quantity has of the line's."""
        given = max(self.right.event.facts.get("discount_amount") or Decimal(0), Decimal(0))
        return rounded(
            Fraction(given) * Fraction(self.right.quantity) / Fraction(self.right_quantity)
        )

    def apart(self) -> Fraction:
        """How far the two are apart at their events' own prices, before anything is rounded."""
        left_price = Fraction(self.left.event.document) / Fraction(self.left_quantity)
        right_price = Fraction(self.right.event.document) / Fraction(self.right_quantity)
        return Fraction(self.left.quantity) * abs(left_price - right_price)
