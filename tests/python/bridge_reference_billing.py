"""delivered → invoiced (decision 0008, sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Container, Hashable
from decimal import Decimal
from typing import Any

from bridge_reference_answers import References
from bridge_reference_copies import Document
from bridge_reference_evidence import Evidence
from bridge_reference_names import named_delivery
from bridge_reference_negatives import reason_of
from bridge_reference_parts import (
    Pair,
    Part,
    Partition,
    by_document,
    by_quantity,
    by_reporting,
    in_partitions,
)
from bridge_reference_passes import (
    Matching,
    Sides,
    add_netted,
    by_job,
    by_product,
    by_product_in_any_currency,
    corrected,
    jobs_without_rate,
    nothing_or_no_job,
    taken_back_work,
)
from bridge_reference_pieces import Gap
from bridge_reference_terms import Terms
from bridge_reference_top_ups import made_up


def delivered_to_invoiced(
    evidence: Evidence,
    gap: Gap,
    sides: Sides,
    ordered: list[Part],
    copied: set[Document],
    topped: set[str],
) -> list[Pair]:
    """The pieces, and the pairs. `ordered` is what is left of commitments: what may be billed in
    advance."""
    add_netted(gap, "from", sides.deliveries)
    add_netted(gap, "to", sides.billing)

    def is_copy(part: Part) -> bool:
        return (part.event.system, part.event.facts["invoice_id"]) in copied

    lines = [
        part
        for part in sides.billing.positives
        if not is_copy(part) and part.event.key not in topped
    ]
    top_up_lines = [part for part in sides.billing.positives if part.event.key in topped]
    matching = Matching(gap, sides.deliveries.positives, lines, "rate_variance", sides)
    references = References(evidence, lines, sides.deliveries.positives, sides)
    amounts = {part.event.key: part.document for part in (*sides.deliveries.positives, *lines)}

    def by_whole_amount(part: Part) -> Hashable | None:
        """What is not counted has its amount for a price."""
        if not part.event.has_job or sides.is_counted(part):
            return None
        return by_product(part), amounts[part.event.key]

    def take(rule: str, partition: Partition, **by: Any) -> list[Pair]:
        return matching.take(rule, partition, is_final=False, **by)

    by_delivery = take(
        "delivery_reference",
        lambda part: references.delivery.get(part.event.key),
        choose=sides.best,
    )
    held = _held(references.delivery, matching)
    take(
        "work_order_reference",
        lambda part: references.work_order.get(part.event.key),
        choose=sides.best,
    )
    take("billing_period", lambda part: references.period.get(part.event.key), choose=sides.best)
    held += _held(references.above_their_period, matching)
    take("job_and_product", sides.by_price, measure=by_quantity)
    take("job_and_product", sides.by_quantity, measure=by_quantity)
    take("job_and_product", by_whole_amount)
    take("job_and_product", by_product)
    take("job_and_product", by_product_in_any_currency, measure=by_reporting)
    found, top_up_lines = made_up(
        matching.found,
        top_up_lines,
        lambda part: references.period.get(part.event.key),
        _own_period,
    )
    matching.settle(found)
    pairs = [pair for _, of_rule in found for pair in of_rule]
    taken_back = [one for one in sides.billing.netted if one.reason != "voided"]
    matching.lefts = corrected(gap, "from", matching.lefts, taken_back, sides, "rate_variance")
    rights = [*matching.rights, *held]
    matching.rights = corrected(gap, "to", rights, taken_back_work(sides), sides, "rate_variance")
    held = _held({*references.delivery, *references.above_their_period}, matching)
    ordered = _advance(evidence, gap, matching, ordered, by_product)
    pairs += matching.take("job_other_product", by_job)
    ordered = _advance(evidence, gap, matching, ordered, by_job)
    called_off(evidence, gap, matching, ordered)

    wholly = _wholly_billed(evidence, copied)
    paired_deliveries = {left.event.key for left, _, _ in by_delivery}
    paired_lines = {right.event.key for _, right, _ in by_delivery}
    copied_lines = [part for part in sides.billing.positives if is_copy(part)]
    _deliveries_left(
        evidence,
        gap,
        [*sides.deliveries.negatives, *sides.deliveries.others, *matching.lefts],
        paired_deliveries,
        wholly,
        jobs_without_rate([*matching.rights, *held, *top_up_lines, *copied_lines]),
    )
    done = jobs_without_rate(matching.lefts)
    left = [*matching.rights, *held, *top_up_lines, *copied_lines]
    for part in [*sides.billing.negatives, *sides.billing.others, *left]:
        reason = _line_reason(
            evidence, part, is_copy(part), paired_lines, paired_deliveries, wholly
        )
        if reason == "billed_without_delivery" and part.event.job in done:
            reason = "rate_missing"
        gap.one_sided("to", part.event, part.reporting, reason)
    return pairs


def _own_period(part: Part) -> tuple[object, ...] | None:
    starts = part.event.facts["period_starts_on"]
    return None if starts is None else (*by_product(part), starts)


def _wholly_billed(evidence: Evidence, copied: set[Document]) -> set[str]:
    """Deliveries whose recorded quantity is that of the lines that name them: what differs is the
    rate."""
    billed: dict[str, Decimal] = {}
    for event in evidence.of("invoiced"):
        delivery = named_delivery(evidence, event)
        is_copy = (event.system, event.facts["invoice_id"]) in copied
        counts = (
            event.document > 0
            and evidence.takes_part(event)
            and event.rule != "voided"
            and not is_copy
        )
        if delivery is not None and counts:
            billed[delivery.key] = billed.get(delivery.key, Decimal(0)) + event.facts["quantity"]
    return {
        event.key
        for event in evidence.of("delivered")
        if billed.get(event.key) == event.facts["quantity"]
    }


def _held(keys: Container[str], matching: Matching) -> list[Part]:
    """Takes out what names a delivery, or is above its period: it answers that, or what took it
    back, and no other."""
    held = [part for part in matching.rights if part.event.key in keys]
    matching.rights = [part for part in matching.rights if part.event.key not in keys]
    return held


def _advance(
    evidence: Evidence, gap: Gap, matching: Matching, ordered: list[Part], partition: Partition
) -> list[Part]:
    """Lines that may be billed ahead meet what was ordered and is not delivered."""
    pairs, ordered, matching.rights = in_partitions(
        ordered,
        matching.rights,
        partition,
        lambda part: partition(part) if Terms(evidence, part.event).allow_ahead else None,
        lambda parts: by_document,
    )
    for commitment, line, _ in pairs:
        gap.one_sided(
            "to",
            line.event,
            line.reporting,
            "billed_in_advance",
            "advance",
            related=commitment.event,
        )
    return ordered


def _sold_for_cash(evidence: Evidence, gap: Gap, parts: list[Part]) -> list[Part]:
    """Takes what a sale for cash paid: the work of its job, else of its customer, the oldest first;
    what is left."""
    sales: dict[tuple[str, str, str], Decimal] = {}
    for event in evidence.of("cash"):
        if event.rule.startswith("share_of_sale_"):
            name = ("job", event.job) if event.has_job else ("customer", event.keys["customer_key"])
            sales[(*name, event.currency)] = (
                sales.get((*name, event.currency), Decimal(0)) + event.document
            )
    for kind in ("job", "customer") if sales else ():
        left = []
        for part in sorted(parts, key=lambda part: (part.event.day, part.event.key)):
            known = evidence.jobs.get(part.event.job, {})
            key = (
                kind,
                part.event.job if kind == "job" else known.get("customer_key", ""),
                part.event.currency,
            )
            paid = (
                min(sales.get(key, Decimal(0)), part.document)
                if part.document > 0 and part.event.has_job
                else Decimal(0)
            )
            if paid > 0:
                sales[key] -= paid
                gap.one_sided(
                    "from",
                    part.event,
                    part.cut(Decimal(0), paid, part.document).reporting,
                    "sold_for_cash",
                )
            if paid < part.document or part.document <= 0:
                left.append(part.cut(paid, part.document, part.document) if paid > 0 else part)
        parts = left
    return parts


def called_off(evidence: Evidence, gap: Gap, matching: Matching, ordered: list[Part]) -> None:
    """On a cancelled job what was agreed and not delivered may be billed as a fee."""
    pairs, _, matching.rights = in_partitions(
        ordered,
        matching.rights,
        by_job,
        lambda part: by_job(part) if Terms(evidence, part.event).is_cancelled else None,
        lambda parts: by_document,
    )
    for commitment, part, _ in pairs:
        gap.one_sided(
            "to",
            part.event,
            part.reporting,
            "cancellation_fee",
            "cancellation",
            related=commitment.event,
        )


def _deliveries_left(
    evidence: Evidence,
    gap: Gap,
    parts: list[Part],
    paired: set[str],
    wholly: set[str],
    billed: set[str],
) -> None:
    for part in _sold_for_cash(evidence, gap, parts):
        reason = nothing_or_no_job(evidence, part)
        if reason is None and part.event.key in paired:
            reason = "rate_variance" if part.event.key in wholly else "quantity_variance"
        elif reason is None:
            is_open = Terms(evidence, part.event).window_ends(part.event.day) >= evidence.as_of
            late = "rate_missing" if part.event.job in billed else "past_billing_window"
            reason = "within_billing_window" if is_open else late
        gap.one_sided("from", part.event, part.reporting, reason)


def _line_reason(
    evidence: Evidence,
    part: Part,
    is_copy: bool,
    paired_lines: set[str],
    paired_deliveries: set[str],
    wholly: set[str],
) -> str:
    event = part.event
    if event.document < 0:
        return reason_of(evidence, part)
    if event.document == 0:
        return "non_billable"
    if is_copy:
        return "duplicate_invoice"
    if (event.system, event.facts["invoice_id"]) in evidence.old_bills:
        return "before_the_books"
    if not event.has_job:
        return "no_job"
    delivery = named_delivery(evidence, event)
    if delivery is not None and event.key in paired_lines:
        return "rate_variance" if delivery.key in wholly else "quantity_variance"
    if delivery is not None and delivery.key in paired_deliveries:
        return "duplicate_invoice"
    period_ends_on = event.facts["period_ends_on"]
    if (
        period_ends_on is not None
        and period_ends_on > evidence.as_of
        and Terms(evidence, event).bill_periods_ahead
    ):
        return "billed_in_advance"
    return "billed_without_delivery"
