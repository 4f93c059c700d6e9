"""The bridge once more: plain, slow, written from docs/decisions/0008 and not from the SQL.

`bridge` takes the events of a build with their evidence and gives every piece of every gap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from bridge_reference_billing import delivered_to_invoiced
from bridge_reference_cash import invoiced_to_cash
from bridge_reference_copies import copies
from bridge_reference_counted import Counted, counted, whole
from bridge_reference_currencies import in_the_lines_currency
from bridge_reference_evidence import KEYS, Evidence
from bridge_reference_negatives import (
    STACKS,
    Population,
    billing_steps,
    commitment_steps,
    delivery_steps,
    net,
    net_in_any_currency,
    net_time_on_any_day,
    posting_steps,
    turned_round,
)
from bridge_reference_parts import Part
from bridge_reference_passes import Sides, contracted_to_delivered
from bridge_reference_pieces import Gap, Piece, merged
from bridge_reference_recognised import delivered_to_recognised
from bridge_reference_top_ups import top_ups

STAGES = {
    "commitments": ("booked", "change_order"),
    "deliveries": ("delivered",),
    "billing": ("invoiced", "credited"),
    "postings": ("recognised",),
}


def bridge(evidence: Evidence) -> list[Piece]:
    """Every piece of the five gaps."""
    pieces: list[Piece] = []
    in_the_lines_currency(evidence)
    copied = copies(evidence)
    counts = counted(evidence)
    # What makes up a rate bills no quantity, whatever stands on it.
    topped = top_ups(evidence, counts, copied)
    sides = _netted(evidence, {key: count for key, count in counts.items() if key not in topped})
    _booked_to_contracted(evidence, Gap("booked_to_contracted", pieces))
    ordered = contracted_to_delivered(evidence, Gap("contracted_to_delivered", pieces), sides)
    pieces[:] = _agreed_by_contract(evidence, pieces)
    billed = delivered_to_invoiced(
        evidence, Gap("delivered_to_invoiced", pieces), sides, ordered, copied, topped
    )
    delivered_to_recognised(
        evidence, Gap("delivered_to_recognised", pieces), sides, ordered, billed, copied
    )
    invoiced_to_cash(evidence, Gap("invoiced_to_cash", pieces))
    _without_a_rate(evidence, pieces)
    _edited(evidence, pieces)
    return merged(pieces)


def _netted(evidence: Evidence, counts: dict[str, Counted]) -> Sides:
    steps = {
        "commitments": commitment_steps(),
        "deliveries": delivery_steps(),
        "billing": billing_steps(evidence),
        "postings": posting_steps(evidence),
    }
    found = {}
    for name, stages in STAGES.items():
        population, unrated = Population(), list[Part]()
        for event in evidence.of(*stages):
            if not evidence.takes_part(event):
                continue
            part = whole(event, counts)
            if event.reporting is None:
                unrated.append(part)
            elif event.document < 0:
                population.negatives.append(part)
            elif event.document > 0 or event.key in counts:
                population.positives.append(part)
            else:
                population.others.append(part)
        # What has no rate is taken back by nothing.
        last = turned_round() if name == "postings" else ()
        found[name] = net(evidence, population, steps[name], STACKS[name], last)
        if name == "deliveries":
            net_time_on_any_day(evidence, found[name])
        if name == "postings":
            net_in_any_currency(evidence, found[name])
        found[name].positives += unrated
    return Sides(
        found["commitments"], found["deliveries"], found["billing"], found["postings"], counts
    )


def _agreed_by_contract(evidence: Evidence, pieces: list[Piece]) -> list[Piece]:
    """What the contract's rates make dearer and cheaper on a job and product is agreed, as long as
    the work is worth no less by them than by the deal."""
    at_rate = {
        event.key for event in evidence.of("delivered") if event.rule.startswith("contract_rate")
    }
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)

    def of_rates(piece: Piece) -> bool:
        return (
            piece.gap == "contracted_to_delivered"
            and piece.reason == "price_variance"
            and piece.match_rule != "corrected"
            and piece.to_event_key in at_rate
        )

    def job_and_product(piece: Piece) -> tuple[object, ...]:
        named = dict(zip(KEYS, piece.keys, strict=True))
        return named["job_key"], named["product_key"]

    for piece in filter(of_rates, pieces):
        sums[job_and_product(piece)] += piece.to_amount - piece.from_amount
    return [
        replace(piece, reason="price_agreed")
        if of_rates(piece) and sums[job_and_product(piece)] >= 0
        else piece
        for piece in pieces
    ]


def _booked_to_contracted(evidence: Evidence, gap: Gap) -> None:
    """A booking answers itself; a change order is what was agreed since."""
    for event in evidence.of("booked", "change_order"):
        if event.reporting is None:
            continue
        if event.stage == "booked":
            gap.settled(event, event, event.reporting, "itself")
        else:
            gap.one_sided("to", event, event.reporting, "change_order")


def _without_a_rate(evidence: Evidence, pieces: list[Piece]) -> None:
    """What has no rate is worth nothing: a piece of nothing on each side where its stage takes
    part."""
    takes_part = {
        "booked": [
            ("booked_to_contracted", "from"),
            ("booked_to_contracted", "to"),
            ("contracted_to_delivered", "from"),
        ],
        "change_order": [("booked_to_contracted", "to"), ("contracted_to_delivered", "from")],
        "delivered": [
            ("contracted_to_delivered", "to"),
            ("delivered_to_invoiced", "from"),
            ("delivered_to_recognised", "from"),
        ],
        "invoiced": [("delivered_to_invoiced", "to"), ("invoiced_to_cash", "from")],
        "credited": [("delivered_to_invoiced", "to"), ("invoiced_to_cash", "from")],
        "recognised": [("delivered_to_recognised", "to")],
        "cash": [("invoiced_to_cash", "to")],
        "cost": [],
    }
    for event in evidence.events:
        if event.reporting is None:
            for name, side in takes_part[event.stage]:
                Gap(name, pieces).nothing(side, event, "rate_missing")


def _edited(evidence: Evidence, pieces: list[Piece]) -> None:
    """An earlier version of a document stands by itself until the ledger takes it back."""
    for event in evidence.edits:
        for name, side in (("delivered_to_invoiced", "to"), ("invoiced_to_cash", "from")):
            reason = "rate_missing" if event.reporting is None else "edited"
            Gap(name, pieces).one_sided(side, event, event.reporting or Decimal(0), reason)
