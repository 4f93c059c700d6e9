"""Negatives first: what a negative event takes back, step by step (decision 0008, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge_reference_evidence import Evidence
from bridge_reference_names import named_delivery
from bridge_reference_parts import Pair, Part, by_document, by_worth, in_partitions, stacked


@dataclass(frozen=True)
class Netted:
    """A positive stretch and the negative one that took it back."""

    negative: Part
    positive: Part
    rule: str
    reason: str


@dataclass
class Population:
    """The open items of one side, and what was netted inside it."""

    positives: list[Part] = field(default_factory=list)
    negatives: list[Part] = field(default_factory=list)
    # Neither positive nor negative: in no pass.
    others: list[Part] = field(default_factory=list)
    netted: list[Netted] = field(default_factory=list)


Reference = Callable[[Part], Hashable | None]


BY_PRODUCT = ("same_job_and_product", ("job_key", "product_key"))
BY_JOB = ("same_job", ("job_key",))
STACKS = {
    "commitments": [BY_PRODUCT],
    # Who entered the hours takes them back.
    "deliveries": [
        ("same_job_and_product", ("job_key", "product_key", "person_key")),
        BY_PRODUCT,
        BY_JOB,
    ],
    "billing": [BY_PRODUCT, BY_JOB],
    "postings": [BY_PRODUCT, BY_JOB],
}
ANY_CURRENCY = "in any currency"
Steps = Sequence[tuple[Any, ...]]


def net(
    evidence: Evidence,
    population: Population,
    steps: Steps,
    stacks: list[tuple[str, tuple[str, ...]]],
    last: Steps = (),
) -> Population:
    """Takes the negatives out of the positives: by the steps that name what they take back, then by
    what they share.

    `last` are steps for what is left then.
    """

    def keep(rule: str, pairs: list[Pair]) -> None:
        for negative, positive, _ in pairs:
            population.netted.append(
                Netted(negative, positive, rule, reason_of(evidence, negative, rule))
            )

    def by_name(these: Steps) -> None:
        for rule, of_negative, of_positive, *more in these:
            measure, keyed = (by_worth, _as_named) if more else (by_document, _with_currency)
            pairs, population.negatives, population.positives = in_partitions(
                population.negatives,
                population.positives,
                lambda part, reference=of_negative, keyed=keyed: keyed(part, reference),
                lambda part, reference=of_positive, keyed=keyed: keyed(part, reference),
                lambda parts, measure=measure: measure,
                latest_right_first=True,
            )
            keep(rule, pairs)

    by_name(steps)
    for rule, keys in stacks:
        pairs, population.negatives, population.positives = stacked(
            population.negatives,
            population.positives,
            lambda part, keys=keys: (
                (*(part.event.keys[key] for key in keys), part.event.currency)
                if part.event.has_job
                else None
            ),
        )
        keep(rule, pairs)
    by_name(last)
    return population


def net_time_on_any_day(evidence: Evidence, population: Population) -> None:
    """A correction of time that found nothing before it corrects what comes after it."""
    pairs, population.negatives, population.positives = in_partitions(
        population.negatives,
        population.positives,
        lambda part: _of_product(part) if is_time_corrected(part) else None,
        _of_product,
        lambda parts: by_document,
        latest_right_first=True,
    )
    for negative, positive, _ in pairs:
        reason = reason_of(evidence, negative)
        population.netted.append(Netted(negative, positive, "same_job_and_product", reason))


def net_in_any_currency(evidence: Evidence, population: Population) -> None:
    """What is posted in the base currency takes back what a document posted in another one."""
    for rule, keys in STACKS["postings"]:
        pairs, population.negatives, population.positives = stacked(
            population.negatives,
            population.positives,
            lambda part, keys=keys: (
                tuple(part.event.keys[key] for key in keys) if part.event.has_job else None
            ),
            by_worth,
        )
        for negative, positive, _ in pairs:
            reason = reason_of(evidence, negative)
            population.netted.append(Netted(negative, positive, rule, reason))


def _of_product(part: Part) -> Hashable | None:
    return (part.event.job, part.event.product, part.event.currency) if part.event.has_job else None


def is_time_corrected(part: Part) -> bool:
    event = part.event
    return (
        event.stage == "delivered"
        and event.facts.get("delivery_type") == "time"
        and event.rule != "rebate"
    )


def _as_named(part: Part, reference: Reference) -> Hashable | None:
    return reference(part)


def _with_currency(part: Part, reference: Reference) -> Hashable | None:
    named = reference(part)
    return None if named is None else (named, part.event.currency)


def reason_of(evidence: Evidence, negative: Part, rule: str | None = None) -> str:
    """Why a negative takes something back."""
    event = negative.event
    if rule == "same_line" or event.rule == "voided":
        return "voided"
    if event.stage == "booked":
        return "un_won"
    if event.stage == "change_order":
        return "change_order"
    if event.stage == "delivered":
        if event.rule == "rebate":
            return "rebate"
        return "time_corrected" if is_time_corrected(negative) else "returned"
    if event.stage == "credited":
        return credit_reason(evidence, event.system, event.facts["invoice_id"])
    if event.stage == "invoiced":
        return "credit_return" if is_for_a_return(evidence, negative) else "discount_given"
    if event.facts["document_type"] == "credit_note":
        return credit_reason(evidence, event.system, event.facts["document_id"])
    return "accrual_reversed"


def is_for_a_return(evidence: Evidence, part: Part) -> bool:
    """A negative line of a bill that names a delivery which came back."""
    event = part.event
    if event.stage != "invoiced" or event.rule == "voided" or event.document >= 0:
        return False
    delivery = named_delivery(evidence, event)
    return delivery is not None and delivery.document < 0


def credit_reason(evidence: Evidence, system: str, credit_note_id: str | None) -> str:
    credit_note = evidence.invoices.get((system, credit_note_id or ""), {})
    reason = credit_note.get("credit_reason") or "other"
    return "rebate" if reason == "rebate" else f"credit_{reason}"


def _if(value: object, *parts: Hashable) -> Hashable | None:
    return None if value is None else parts


def commitment_steps() -> Steps:
    def win(part: Part) -> Hashable | None:
        facts = part.event.facts
        return _if(
            facts.get("win_number"),
            part.event.system,
            facts.get("deal_id"),
            facts.get("deal_line_id"),
            facts.get("win_number"),
        )

    return [("same_win", win, win)]


def delivery_steps() -> Steps:
    def rebate(part: Part) -> Hashable | None:
        return (
            (part.event.system, part.event.facts["delivery_id"])
            if part.event.rule == "rebate"
            else None
        )

    def start(part: Part) -> Hashable | None:
        facts = part.event.facts
        return (
            (part.event.system, facts["delivery_id"])
            if facts["source_entity"] == "deliveries"
            else None
        )

    return [("same_delivery", rebate, start)]


def billing_steps(evidence: Evidence) -> Steps:
    def line(part: Part) -> Hashable:
        return part.event.system, part.event.facts["invoice_line_id"]

    def document(part: Part) -> Hashable:
        return part.event.system, part.event.facts["invoice_id"]

    def corrected(part: Part) -> Hashable | None:
        event = part.event
        if event.stage != "credited" or event.rule == "voided":
            return None
        named = evidence.invoices[event.system, event.facts["invoice_id"]]["corrects_invoice_id"]
        return _if(named, event.system, named)

    def own(part: Part) -> Hashable | None:
        return (
            document(part)
            if part.event.stage == "invoiced"
            and part.event.rule != "voided"
            and not is_for_a_return(evidence, part)
            else None
        )

    def billed_period(part: Part) -> Hashable | None:
        event = part.event
        days = (event.facts["period_starts_on"], event.facts["period_ends_on"])
        return (event.job, event.product, *days) if event.has_job and None not in days else None

    def lowered_period(part: Part) -> Hashable | None:
        return billed_period(part) if part.event.rule != "voided" else None

    return [
        ("same_line", line, line),
        ("corrected_invoice", _with_product(corrected), _with_product(document)),
        ("corrected_invoice", corrected, document),
        ("corrected_invoice", corrected, document, ANY_CURRENCY),
        ("same_period", lowered_period, billed_period),
        ("same_invoice", own, document),
    ]


def _with_product(reference: Reference) -> Reference:
    def named(part: Part) -> Hashable | None:
        found = reference(part)
        return None if found is None else (found, part.event.product)

    return named


def _reversed_journal(part: Part) -> Hashable | None:
    named = part.event.facts["reverses_journal_id"]
    return _if(named, part.event.system, named)


def _journal(part: Part) -> Hashable:
    return part.event.system, part.event.facts["journal_id"]


def turned_round() -> Steps:
    """A deferral that found nothing to take back in its currency meets what turns it round and
    names it."""
    return [("reversed_journal", _journal, _reversed_journal, ANY_CURRENCY)]


def posting_steps(evidence: Evidence) -> Steps:
    def document_line(part: Part) -> Hashable | None:
        named = part.event.facts["document_line_id"]
        return _if(named, part.event.system, named)

    def corrected(part: Part) -> Hashable | None:
        facts = part.event.facts
        if facts["document_type"] != "credit_note":
            return None
        credit_note = evidence.invoices.get((part.event.system, facts["document_id"]), {})
        named = credit_note.get("corrects_invoice_id")
        return (
            _if(named, part.event.system, named) if credit_note.get("status") != "voided" else None
        )

    def invoice(part: Part) -> Hashable | None:
        facts = part.event.facts
        is_bill = facts["document_type"] == "invoice"
        return (
            _if(facts["document_id"], part.event.system, facts["document_id"]) if is_bill else None
        )

    def placed(reference: Reference) -> Reference:
        def named(part: Part) -> Hashable | None:
            found = reference(part)
            return None if found is None else (found, part.event.job, part.event.product)

        return named

    return [
        ("reversed_journal", placed(_reversed_journal), placed(_journal)),
        ("reversed_journal", _reversed_journal, _journal),
        ("reversed_journal", _reversed_journal, _journal, ANY_CURRENCY),
        ("same_document_line", document_line, document_line),
        ("corrected_invoice", placed(corrected), placed(invoice)),
        ("corrected_invoice", corrected, invoice),
    ]
