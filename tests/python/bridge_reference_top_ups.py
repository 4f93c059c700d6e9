"""Lines that make up a rate billed too low, and what they make up (decision 0008, sections 1 and
3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bridge_reference_copies import Document
from bridge_reference_counted import Counted
from bridge_reference_evidence import UNKNOWN, Event, Evidence
from bridge_reference_names import named_delivery, named_work_order
from bridge_reference_parts import (
    Measure,
    Pair,
    Part,
    by_document,
    by_quantity,
    in_partitions,
    rounded,
)

RULE = "rate_made_up"
Group = tuple[str, str]


def top_ups(evidence: Evidence, counts: dict[str, Counted], copied: set[Document]) -> set[str]:
    """The lines that bill money and no work: all that they could bill is billed already, for less
    than was agreed."""
    voided = {
        (event.system, event.facts["source_id"])
        for event in evidence.of("invoiced")
        if event.rule == "voided"
    }
    corrected = {
        (system, row["corrects_invoice_id"]) for (system, _), row in evidence.invoices.items()
    }
    lines: dict[tuple[str, str], list[Event]] = defaultdict(list)
    work: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in evidence.of("delivered"):
        if event.has_job and event.key in counts:
            work[event.job, event.currency].append(event)
    for event in evidence.of("invoiced"):
        document = (event.system, event.facts["invoice_id"])
        is_void = (event.system, event.facts["source_id"]) in voided
        if event.document > 0 and event.has_job and not is_void and document not in copied:
            lines[event.job, event.currency].append(event)
    found = set()
    for place, asked in lines.items():
        billing = [
            line
            for line in asked
            if line.key in counts and (line.system, line.facts["invoice_id"]) not in corrected
        ]
        candidates = [
            line
            for line in asked
            if _bills_money(evidence, line, counts)
            and _makes_up(line, work[place], billing, counts)
        ]
        keys = {line.key for line in candidates}
        # One more hour at the price of the others is an hour; a rate may be raised twice, by one
        # amount each time.
        others = [*work[place], *(line for line in billing if line.key not in keys)]
        prices = {(event.product, _price(event, counts)) for event in others}
        for line in candidates:
            at_price = {
                product
                for product, price in prices
                if line.key in counts and price == _price(line, counts)
            }
            if line.product not in at_price and not (line.product == UNKNOWN and at_price):
                found.add(line.key)
    return found


def _bills_money(evidence: Evidence, line: Event, counts: dict[str, Counted]) -> bool:
    if named_delivery(evidence, line) is not None or named_work_order(evidence, line) is not None:
        return False
    return line.facts["quantity"] in (None, 1) or line.key not in counts


def _makes_up(
    line: Event, work: list[Event], billing: list[Event], counts: dict[str, Counted]
) -> bool:
    starts, ends = line.facts["period_starts_on"], line.facts["period_ends_on"]
    done = [event for event in work if line.product in (event.product, UNKNOWN)]
    before = [
        other
        for other in billing
        if line.product in (other.product, UNKNOWN) and _turn(other) < _turn(line)
    ]
    scopes = [([event for event in done if event.day <= line.day], before)]
    if starts is not None and ends is not None and ends >= starts:
        of_period = [other for other in before if _lies_in(other, starts, ends)]
        scopes.append(([event for event in done if starts <= event.day <= ends], of_period))
    return any(
        (lacking := _lacking(*scope, counts)) is not None and line.document <= lacking
        for scope in scopes
    )


def _turn(line: Event) -> tuple[date, Decimal, str]:
    return line.day, -line.document, line.key


def _lies_in(line: Event, starts: date, ends: date) -> bool:
    own = (line.facts["period_starts_on"], line.facts["period_ends_on"])
    return None not in own and own[0] >= starts and own[1] <= ends


def _lacking(work: list[Event], billing: list[Event], counts: dict[str, Counted]) -> Decimal | None:
    """What the work lacks at the rate at which it was billed, where all of it was."""

    def summed(
        events: list[Event], amount: Callable[[Event], Decimal]
    ) -> dict[Group, tuple[Decimal, Decimal]]:
        found: dict[Group, tuple[Decimal, Decimal]] = {}
        for event in events:
            group = (event.product, counts[event.key].base_unit)
            quantity, total = found.get(group, (Decimal(0), Decimal(0)))
            found[group] = (quantity + counts[event.key].quantity, total + amount(event))
        return found

    done = summed(work, lambda event: event.document)
    billed = summed(
        billing, lambda event: event.document + (event.facts["discount_amount"] or Decimal(0))
    )
    if not done or any(group not in billed or billed[group][0] < done[group][0] for group in done):
        return None
    return sum(
        (
            amount
            - rounded(Fraction(billed[group][1]) * Fraction(quantity) / Fraction(billed[group][0]))
            for group, (quantity, amount) in done.items()
        ),
        Decimal(0),
    )


def _price(event: Event, counts: dict[str, Counted]) -> Decimal:
    return rounded(Fraction(event.document) / Fraction(counts[event.key].quantity))


@dataclass(frozen=True, eq=False)
class Shortfall(Part):
    """What a pair of one quantity was billed too low by."""

    rule: str = ""
    line: str = ""
    period: str | None = None

    @property
    def order(self) -> tuple[object, str]:
        return self.event.day, f"{self.event.key}|{self.line}|{self.rule}"

    @property
    def pair(self) -> tuple[str, str, str]:
        return self.rule, self.event.key, self.line


def made_up(
    found: list[tuple[str, list[Pair]]],
    lines: list[Part],
    period_of: Callable[[Part], tuple[object, ...] | None],
    starts_of: Callable[[Part], tuple[object, ...] | None],
) -> tuple[list[tuple[str, list[Pair]]], list[Part]]:
    """The pairs by rule less what top-ups make up of them, with those of the top-ups; and what is
    left of the lines."""
    shortfalls: list[Part] = []
    periods: dict[tuple[str, str, str], tuple[object, ...] | None] = {}
    for rule, pairs in found:
        for left, right, measure in pairs:
            if _is_short(left, right, measure):
                worth = rounded(
                    Fraction(left.reporting) * Fraction(right.document) / Fraction(left.document)
                )
                short = Shortfall(
                    left.event,
                    left.document - right.document,
                    left.reporting - worth,
                    rule=rule,
                    line=right.event.key,
                )
                shortfalls.append(short)
                periods[short.pair] = period_of(left) if rule == "billing_period" else None
    pairs_made: list[Pair] = []
    for of_short, of_line in (
        (lambda part: periods[part.pair], starts_of),
        (_by_product, _by_product),
        (_by_job, lambda part: _by_job(part) if part.event.product == UNKNOWN else None),
    ):
        pairs, shortfalls, lines = in_partitions(
            shortfalls, lines, of_short, of_line, lambda parts: by_document
        )
        pairs_made += pairs
    taken: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = {}
    for left, _, _ in pairs_made:
        document, reporting = taken.get(left.pair, (Decimal(0), Decimal(0)))
        taken[left.pair] = (document + left.document, reporting + left.reporting)

    def less(rule: str, pair: Pair) -> Pair:
        document, reporting = taken.get(
            (rule, pair.left.event.key, pair.right.event.key), (Decimal(0), Decimal(0))
        )
        left = replace(
            pair.left,
            document=pair.left.document - document,
            reporting=pair.left.reporting - reporting,
        )
        return Pair(left, pair.right, pair.measure)

    kept = [(rule, [less(rule, pair) for pair in pairs]) for rule, pairs in found]
    return [*kept, (RULE, pairs_made)], lines


def _is_short(left: Part, right: Part, measure: Measure) -> bool:
    is_discounted = (right.event.facts.get("discount_amount") or Decimal(0)) > 0
    is_one_currency = left.event.currency == right.event.currency
    return (
        measure is by_quantity
        and is_one_currency
        and not is_discounted
        and left.document > right.document
    )


def _by_product(part: Part) -> tuple[object, ...] | None:
    return (part.event.job, part.event.product, part.event.currency) if part.event.has_job else None


def _by_job(part: Part) -> tuple[object, ...] | None:
    return (part.event.job, part.event.currency) if part.event.has_job else None
