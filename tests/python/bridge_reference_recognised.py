"""delivered → recognised (decision 0008, sections 3 and 5)."""

from __future__ import annotations

from datetime import timedelta

from bridge_reference_copies import Document
from bridge_reference_evidence import Evidence
from bridge_reference_negatives import reason_of
from bridge_reference_parts import Part, by_reporting
from bridge_reference_passes import (
    Matching,
    Sides,
    add_netted,
    by_job,
    by_job_in_any_currency,
    by_product,
    by_product_in_any_currency,
    corrected,
    nothing_or_no_job,
)
from bridge_reference_pieces import Gap
from bridge_reference_terms import Terms, month_end


def delivered_to_recognised(evidence: Evidence, gap: Gap, sides: Sides, copied: set[Document]) -> None:
    """The pieces of the gap."""
    add_netted(gap, "from", sides.deliveries)
    add_netted(gap, "to", sides.postings)
    matching = Matching(gap, sides.deliveries.positives, sides.postings.positives, "rate_variance", sides)
    matching.take("job_and_product", by_product)
    matching.take("job_and_product", by_product_in_any_currency, measure=by_reporting)
    credited = [one for one in sides.postings.netted if one.negative.event.facts["document_type"] == "credit_note"]
    matching.lefts = corrected(gap, "from", matching.lefts, credited, None, "rate_variance")
    matching.rights = corrected(gap, "to", matching.rights, sides.deliveries.netted, None, "rate_variance")
    matching.take("job_other_product", by_job)
    matching.take("job_other_product", by_job_in_any_currency, measure=by_reporting)
    for part in [*sides.deliveries.negatives, *sides.deliveries.others, *matching.lefts]:
        gap.one_sided("from", part.event, part.reporting, _delivery_reason(evidence, part))
    for part in [*sides.postings.negatives, *sides.postings.others, *matching.rights]:
        gap.one_sided("to", part.event, part.reporting, _posting_reason(evidence, part, copied))


def _delivery_reason(evidence: Evidence, part: Part) -> str:
    reason = nothing_or_no_job(evidence, part)
    if reason is not None:
        return reason
    if Terms(evidence, part.event).is_straight_line:
        return "straight_line_policy"
    window = timedelta(days=int(evidence.policy["recognition_window_days"]))
    is_open = month_end(part.event.day) + window >= evidence.as_of
    return "recognised_later" if is_open else "not_recognised"


def _posting_reason(evidence: Evidence, part: Part, copied: set[Document]) -> str:
    event, terms = part.event, Terms(evidence, part.event)
    kind = event.facts["document_type"]
    if kind == "manual" or (event.facts["is_manual"] and kind not in ("accrual", "invoice", "credit_note")):
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
