"""delivered → recognised (decision 0008, sections 3 and 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bridge_reference_billing import called_off
from bridge_reference_copies import Document
from bridge_reference_currencies import Translation, is_accrual
from bridge_reference_evidence import Event, Evidence
from bridge_reference_names import named_delivery
from bridge_reference_negatives import reason_of
from bridge_reference_parts import Pair, Part, by_document, by_reporting, in_partitions
from bridge_reference_passes import (
    Matching,
    Partition,
    Sides,
    add_netted,
    by_job,
    by_job_in_any_currency,
    by_product,
    by_product_in_any_currency,
    corrected,
    jobs_without_rate,
    nothing_or_no_job,
    taken_back_work,
)
from bridge_reference_pieces import Gap
from bridge_reference_terms import Terms, month_end


def delivered_to_recognised(
    evidence: Evidence,
    gap: Gap,
    sides: Sides,
    ordered: list[Part],
    billed: list[Pair],
    copied: set[Document],
) -> None:
    """The pieces of the gap. `ordered` is what was never delivered, `billed` which lines answered
    which deliveries."""
    add_netted(gap, "from", sides.deliveries)
    add_netted(gap, "to", sides.postings)

    def is_copy(part: Part) -> bool:
        return (part.event.system, part.event.facts["document_id"]) in copied

    postings = [part for part in sides.postings.positives if not is_copy(part)]
    matching = Matching(gap, sides.deliveries.positives, postings, "rate_variance", sides)
    _passed_on(gap, matching, billed)
    posted = _Posted(evidence, postings, billed)
    pairs = matching.take(
        "posted_line", lambda part: (key, part.event.currency) if (key := posted.of(part)) else None
    )
    pairs += matching.take("posted_line", posted.of, measure=by_reporting)
    held = _held(posted, matching)
    met = {delivery.event.key for delivery, _, _ in billed}
    pairs += matching.take(
        "accrued_work",
        lambda part: by_product(part) if part.event.key not in met else None,
        lambda part: by_product(part) if part.event.facts["document_type"] == "accrual" else None,
    )
    billed_before = {
        left.event.key
        for left, right, _ in billed
        if left.event.day
        < evidence.old_bills.get(
            (right.event.system, right.event.facts["invoice_id"]), left.event.day
        )
    }

    def of_these_books(partition: Partition) -> Partition:
        return lambda part: None if part.event.key in billed_before else partition(part)

    pairs += matching.take("job_and_product", of_these_books(by_product), by_product)
    in_any_currency = by_product_in_any_currency
    pairs += matching.take(
        "job_and_product", of_these_books(in_any_currency), in_any_currency, measure=by_reporting
    )
    pairs += matching.take("job_and_product", by_product)
    pairs += matching.take("job_and_product", in_any_currency, measure=by_reporting)
    credited = [
        one
        for one in sides.postings.netted
        if one.negative.event.facts["document_type"] == "credit_note"
    ]
    matching.lefts = corrected(gap, "from", matching.lefts, credited, None, "rate_variance")
    matching.rights = corrected(
        gap, "to", [*matching.rights, *held], taken_back_work(sides), None, "rate_variance"
    )
    held = _held(posted, matching)
    pairs += matching.take("job_other_product", by_job)
    pairs += matching.take("job_other_product", by_job_in_any_currency, measure=by_reporting)
    called_off(evidence, gap, matching, ordered)
    copied_postings = [part for part in sides.postings.positives if is_copy(part)]
    booked, done = (
        jobs_without_rate([*matching.rights, *held, *copied_postings]),
        jobs_without_rate(matching.lefts),
    )
    moved = Translation(evidence, pairs, matching.lefts)
    work = []
    for part in [*sides.deliveries.negatives, *sides.deliveries.others, *matching.lefts]:
        reason = _delivery_reason(evidence, part, billed_before)
        if reason == "not_recognised" and part.event.job in booked:
            reason = "rate_missing"
        work.append((part, reason))
    for part, reason, amount in moved.split(
        moved.fallen, work, {"recognised_later", "not_recognised"}
    ):
        gap.one_sided("from", part.event, amount, reason)
    accruals = []
    for part in [
        *sides.postings.negatives,
        *sides.postings.others,
        *matching.rights,
        *held,
        *copied_postings,
    ]:
        reason = _posting_reason(evidence, part, copied)
        if reason in ("recognised_early", "billed_without_delivery") and part.event.job in done:
            reason = "rate_missing"
        if is_accrual(part.event):
            accruals.append((part, reason))
        else:
            gap.one_sided("to", part.event, part.reporting, reason)
    for part, reason, amount in moved.split(
        moved.risen, accruals, {"recognised_early", "billed_without_delivery"}
    ):
        gap.one_sided("to", part.event, amount, reason)


def _passed_on(gap: Gap, matching: Matching, billed: list[Pair]) -> None:
    """What was billed on a line against a cost account is revenue of nobody."""
    passed: dict[str, list[Part]] = {}
    for delivery, line, _ in billed:
        if line.event.facts["account_type"] == "expense":
            passed.setdefault(delivery.event.key, []).append(delivery)
    whole = [
        replace(
            parts[0],
            document=sum((part.document for part in parts), Decimal(0)),
            reporting=sum((part.reporting for part in parts), Decimal(0)),
        )
        for parts in passed.values()
    ]
    pairs, matching.lefts, _ = in_partitions(
        matching.lefts,
        whole,
        lambda part: part.event.key,
        lambda part: part.event.key,
        lambda parts: by_document,
    )
    for part, _, _ in pairs:
        gap.one_sided("from", part.event, part.reporting, "cost_passed_on", "passed_on")


class _Posted:
    """What postings and deliveries have in common: the delivery that the posted line names, else
    the posted line."""

    def __init__(self, evidence: Evidence, postings: list[Part], billed: list[Pair]) -> None:
        lines = {
            (event.system, event.facts["source_id"]): event
            for event in evidence.of("invoiced")
            if _counts(evidence, event)
        }
        self.keys: dict[str, tuple[str, str]] = {}
        self.named: set[str] = set()
        for part in postings:
            line_id = part.event.facts["document_line_id"]
            line = lines.get((part.event.system, line_id))
            delivery = named_delivery(evidence, line) if line is not None else None
            if delivery is not None:
                self.keys[part.event.key] = self.keys[delivery.key] = ("delivery", delivery.key)
                self.named.add(part.event.key)
            elif line_id is not None:
                self.keys[part.event.key] = ("line", f"{part.event.system}|{line_id}")
        posted = {self.keys[part.event.key] for part in postings if part.event.key in self.keys}
        first: dict[str, tuple[str, str]] = {}
        for left, right, _ in billed:
            key = ("line", f"{right.event.system}|{right.event.facts['source_id']}")
            if key in posted:
                first[left.event.key] = min(first.get(left.event.key, key), key)
        for delivery_key, key in first.items():
            self.keys.setdefault(delivery_key, key)

    def of(self, part: Part) -> tuple[str, str] | None:
        return self.keys.get(part.event.key)


def _counts(evidence: Evidence, event: Event) -> bool:
    return event.rule != "voided" and evidence.takes_part(event)


def _held(posted: _Posted, matching: Matching) -> list[Part]:
    """Takes out what posts a line that names a delivery: it answers that one, or what took it
    back."""
    held = [part for part in matching.rights if part.event.key in posted.named]
    matching.rights = [part for part in matching.rights if part.event.key not in posted.named]
    return held


def _delivery_reason(evidence: Evidence, part: Part, billed_before: set[str]) -> str:
    reason = nothing_or_no_job(evidence, part)
    if reason in (None, "no_job") and part.event.key in billed_before:
        return "before_the_books"
    if reason is not None:
        return reason
    if part.event.company not in evidence.ledgers:
        return "ledger_not_available"
    if Terms(evidence, part.event).is_straight_line:
        return "straight_line_policy"
    window = timedelta(days=int(evidence.policy["recognition_window_days"]))
    is_open = month_end(part.event.day) + window >= evidence.as_of
    return "recognised_later" if is_open else "not_recognised"


def _posting_reason(evidence: Evidence, part: Part, copied: set[Document]) -> str:
    event, terms = part.event, Terms(evidence, part.event)
    kind = event.facts["document_type"]
    if kind == "manual" or (
        event.facts["is_manual"] and kind not in ("accrual", "invoice", "credit_note")
    ):
        return "manual_journal"
    if event.document < 0:
        return reason_of(evidence, part)
    if not event.has_job:
        return "no_job"
    if terms.is_straight_line:
        return "straight_line_policy"
    if (event.system, event.facts["document_id"]) in copied:
        return "duplicate_invoice"
    if not terms.is_completed and not terms.is_cancelled:
        return "recognised_early"
    return "billed_without_delivery"
