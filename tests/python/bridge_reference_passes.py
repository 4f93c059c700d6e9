"""What the gaps share: their open items, what was taken back of them; and the passes of contracted
→ delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bridge_reference_counted import Counted
from bridge_reference_evidence import UNKNOWN, Evidence
from bridge_reference_negatives import Netted, Population, reason_of
from bridge_reference_parts import (
    Measure,
    Pair,
    Part,
    Partition,
    by_document,
    by_quantity,
    by_reporting,
    in_partitions,
    rounded,
)
from bridge_reference_pieces import Gap, always, from_pairs
from bridge_reference_terms import Terms


@dataclass
class Sides:
    """The four populations, netted, and the quantities of what is counted."""

    commitments: Population
    deliveries: Population
    billing: Population
    postings: Population
    counts: dict[str, Counted]

    def is_counted(self, part: Part) -> bool:
        return part.event.key in self.counts

    def base_unit(self, part: Part) -> str:
        return self.counts[part.event.key].base_unit

    def by_quantity(self, part: Part) -> Hashable | None:
        """The partition of the counted: job, product, base unit, currency."""
        if not part.event.has_job or not self.is_counted(part):
            return None
        return part.event.job, part.event.product, self.base_unit(part), part.event.currency

    def by_price(self, part: Part) -> Hashable | None:
        """The partition of the counted at one price a base unit, to the cent."""
        room = self.by_quantity(part)
        if room is None:
            return None
        return room, rounded(
            Fraction(part.event.document) / Fraction(self.counts[part.event.key].quantity)
        )

    def best(self, parts: Sequence[Part]) -> Measure:
        """Quantity where all are counted in one base unit, else the document amount in one
        currency, else reporting."""
        if (
            all(self.is_counted(part) for part in parts)
            and len({self.base_unit(part) for part in parts}) == 1
        ):
            return by_quantity
        return by_document if len({part.event.currency for part in parts}) == 1 else by_reporting


def by_product(part: Part) -> Hashable | None:
    return (part.event.job, part.event.product, part.event.currency) if part.event.has_job else None


def by_job(part: Part) -> Hashable | None:
    return (part.event.job, part.event.currency) if part.event.has_job else None


def by_job_in_any_currency(part: Part) -> Hashable | None:
    return part.event.job if part.event.has_job else None


def by_product_in_any_currency(part: Part) -> Hashable | None:
    return (part.event.job, part.event.product) if part.event.has_job else None


class Matching:
    """The open items of both sides of a gap; each pass takes what it pairs."""

    def __init__(
        self, gap: Gap, lefts: Iterable[Part], rights: Iterable[Part], variance: str, sides: Sides
    ) -> None:
        self.gap, self.variance, self.counts = gap, variance, sides.counts
        self.lefts, self.rights = list(lefts), list(rights)
        # Pairs of which another line may take a part still.
        self.found: list[tuple[str, list[Pair]]] = []

    def take(
        self,
        rule: str,
        left: Partition,
        right: Partition | None = None,
        measure: Measure | None = None,
        choose: Callable[[Sequence[Part]], Measure] | None = None,
        is_final: bool = True,
    ) -> list[Pair]:
        pairs, self.lefts, self.rights = in_partitions(
            self.lefts,
            self.rights,
            left,
            right or left,
            choose or (lambda parts: measure or by_document),
        )
        if is_final:
            from_pairs(self.gap, rule, pairs, always(self.variance), self.counts)
        else:
            self.found.append((rule, pairs))
        return pairs

    def settle(self, found: list[tuple[str, list[Pair]]]) -> None:
        """The pieces of pairs that were held back."""
        for rule, pairs in found:
            from_pairs(self.gap, rule, pairs, always(self.variance), self.counts)


def corrected(
    gap: Gap,
    side: str,
    open_parts: list[Part],
    netted: Iterable[Netted],
    sides: Sides | None,
    variance: str,
) -> list[Part]:
    """What answers an amount that was taken back carries the correction's reason. Gives what is
    left."""
    answers = [
        replace(one.positive, taken_back_by=one.negative.event, taken_back_for=one.reason)
        for one in sorted(netted, key=lambda one: (one.positive.order, one.negative.order))
    ]
    passes: list[tuple[Partition, Measure]] = [(by_product, by_document)]
    if sides is not None:
        passes.insert(0, (sides.by_quantity, by_quantity))
    for partition, measure in passes:
        pairs, open_parts, answers = in_partitions(
            open_parts, answers, partition, partition, lambda parts, measure=measure: measure
        )
        for part, answer, _ in pairs:
            common = min(part.document, answer.document)
            worth = (
                part.cut(common * 0, common, part.document).reporting
                if part.document > common
                else part.reporting
            )
            named = {"rule": "corrected", "other": answer.taken_back_by}
            if worth or worth == part.reporting:
                gap.one_sided(side, part.event, worth, answer.taken_back_for, **named)
            if worth != part.reporting:
                gap.one_sided(side, part.event, part.reporting - worth, variance, **named)
    return open_parts


def taken_back_work(sides: Sides) -> list[Netted]:
    """Deliveries that were taken back, as a bill or a posting meets them: nobody owes for them."""
    return [
        replace(
            one,
            reason="rebate_not_credited" if one.reason == "rebate" else "billed_without_delivery",
        )
        for one in sides.deliveries.netted
    ]


def add_netted(gap: Gap, side: str, population: Population) -> None:
    """Both parts of what was taken back, each a piece of its own that names the other."""
    for one in population.netted:
        negative, positive = one.negative, one.positive
        gap.one_sided(
            side, negative.event, negative.reporting, one.reason, one.rule, related=positive.event
        )
        gap.one_sided(
            side, positive.event, positive.reporting, one.reason, one.rule, related=negative.event
        )


def _of_change(part: Part, change_order_id: str | None) -> Hashable | None:
    return (
        None if change_order_id is None else (part.event.job, change_order_id, part.event.currency)
    )


def contracted_to_delivered(evidence: Evidence, gap: Gap, sides: Sides) -> list[Part]:
    """The pieces of the gap; what is left of the commitments is what may be billed in advance."""
    add_netted(gap, "from", sides.commitments)
    add_netted(gap, "to", sides.deliveries)
    matching = Matching(
        gap, sides.commitments.positives, sides.deliveries.positives, "price_variance", sides
    )
    matching.take(
        "commitment_reference",
        lambda part: _of_change(
            part, part.event.facts["source_id"] if part.event.stage == "change_order" else None
        ),
        lambda part: _of_change(part, part.event.facts.get("change_order_id")),
    )
    matching.take("job_and_product", sides.by_price, measure=by_quantity)
    matching.take("job_and_product", sides.by_quantity, measure=by_quantity)
    matching.take("job_and_product", by_product)
    matching.lefts = corrected(
        gap,
        "from",
        matching.lefts,
        # Time that was never worked is to be delivered still.
        [one for one in sides.deliveries.netted if one.reason != "time_corrected"],
        sides,
        "price_variance",
    )
    lacking = {
        by_job(part)
        for part in matching.lefts
        if part.event.product == UNKNOWN and part.document > 0
    }
    matching.take(
        "job_other_product",
        lambda part: (
            by_job(part) if by_job(part) not in lacking or part.event.product == UNKNOWN else None
        ),
        lambda part: (
            by_job(part) if by_job(part) in lacking or part.event.product == UNKNOWN else None
        ),
    )
    done = jobs_without_rate(matching.rights)
    _commitments_left(
        evidence,
        gap,
        [*sides.commitments.negatives, *sides.commitments.others, *matching.lefts],
        done,
    )
    _deliveries_left(
        evidence, gap, [*sides.deliveries.negatives, *sides.deliveries.others, *matching.rights]
    )
    return _less_what_was_done_beyond(evidence, matching.lefts, matching.rights)


def _less_what_was_done_beyond(
    evidence: Evidence, lefts: list[Part], rights: list[Part]
) -> list[Part]:
    """Of a job that was called off contracted less delivered is left, whichever products they
    were."""
    beyond: dict[Hashable, Decimal] = defaultdict(Decimal)
    for part in rights:
        if part.event.has_job and part.document > 0:
            beyond[by_job(part)] += part.document
    found = []
    for part in sorted(lefts, key=lambda part: part.order):
        called_off = part.event.has_job and Terms(evidence, part.event).is_cancelled
        taken = min(beyond[by_job(part)], part.document) if called_off else Decimal(0)
        if taken > 0:
            beyond[by_job(part)] -= taken
        if taken < part.document:
            found.append(part.cut(taken, part.document, part.document) if taken > 0 else part)
    return found


def jobs_without_rate(parts: Iterable[Part]) -> set[str]:
    """Jobs of which something in a currency without a rate met nothing: what it is for cannot be
    measured."""
    return {part.event.job for part in parts if part.event.reporting is None}


def _commitments_left(evidence: Evidence, gap: Gap, parts: list[Part], done: set[str]) -> None:
    worked_on = {event.job for event in evidence.of("delivered")}
    for part in parts:
        terms, planned_end = Terms(evidence, part.event), Terms(evidence, part.event).planned_end
        if part.document < 0:
            reason = reason_of(evidence, part)
        elif not part.event.has_job:
            reason = "no_job"
        elif terms.is_cancelled:
            reason = "cancelled"
        elif part.event.job in done:
            reason = "rate_missing"
        elif terms.is_completed and _is_delivered_as_ordered(evidence, part):
            reason = "job_differs_from_deal"
        elif terms.is_completed:
            reason = "under_delivered"
        elif planned_end is not None and planned_end < evidence.as_of:
            reason = "late"
        else:
            reason = "in_progress" if part.event.job in worked_on else "not_started"
        gap.one_sided("from", part.event, part.reporting, reason)


def _is_delivered_as_ordered(evidence: Evidence, part: Part) -> bool:
    """Whether the job has an order, and all that it has of the product, or of anything, is
    delivered."""
    if part.event.job not in {job for job, _, _ in evidence.orders}:
        return False
    product = "any" if part.event.product == UNKNOWN else part.event.product
    ordered, delivered = evidence.orders.get(
        (part.event.job, product, part.event.currency), (Decimal(0), Decimal(0))
    )
    return delivered >= ordered


def nothing_or_no_job(evidence: Evidence, part: Part, is_commitment: bool = False) -> str | None:
    """The reasons of a delivery that hold in every gap; what is from before the books was sold in
    the open."""
    if part.event.document < 0:
        return reason_of(evidence, part)
    if part.event.document == 0:
        return "unpriced" if part.event.rule == "unpriced" else "non_billable"
    if part.event.key in evidence.old_work and not is_commitment:
        return "before_the_books"
    return None if part.event.has_job else "no_job"


def _deliveries_left(evidence: Evidence, gap: Gap, parts: list[Part]) -> None:
    commitments = [event for event in evidence.of("booked", "change_order") if event.document >= 0]
    sold_jobs = {event.job for event in commitments if event.stage == "booked"}
    sold = {(event.job, event.product) for event in commitments}
    for part in parts:
        reason = nothing_or_no_job(evidence, part, is_commitment=True)
        key = (part.event.job, part.event.product, part.event.currency)
        ordered, delivered = evidence.orders.get(key, (None, Decimal(0)))
        if reason is None and part.event.job not in sold_jobs:
            reason = "no_deal"
        elif reason is None and ordered is not None and delivered <= ordered:
            reason = "job_differs_from_deal"
        elif reason is None:
            reason = (
                "over_delivery" if (part.event.job, part.event.product) in sold else "unquoted_item"
            )
        gap.one_sided("to", part.event, part.reporting, reason)
