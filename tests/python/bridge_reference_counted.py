"""Which events may be matched by quantity, and in which unit (decision 0008, section 1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bridge_reference_evidence import Event, Evidence
from bridge_reference_parts import MILLIONTH, Part, rounded

COUNTED_TYPES = ("time", "material", "shipment")
UNCOUNTED_JOBS = ("fixed_price", "permanent_placement")


@dataclass(frozen=True)
class Understood:
    """The unit that a job, product and currency is counted in, and what its deliveries cost."""

    base_unit: str
    factor: Decimal
    document: Decimal
    quantity: Decimal
    is_unpriced: bool


@dataclass(frozen=True)
class Counted:
    base_unit: str
    quantity: Decimal


def counted(evidence: Evidence) -> dict[str, Counted]:
    """The quantity in base units of every event that is counted, by its key."""
    found: dict[str, Counted] = {}
    deliveries: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in evidence.of("delivered"):
        unit = _unit(event)
        if unit is not None and _may_be_counted(evidence, event) and _is_priced_by_quantity(event):
            base_unit, factor = evidence.units.get(unit, (unit, Decimal(1)))
            found[event.key] = Counted(base_unit, _converted(event.facts["quantity"], factor))
            if event.has_job:
                deliveries[event.job, event.product, event.currency].append(event)
    understood = {scope: _understood(evidence, events, found) for scope, events in deliveries.items()}
    for event in evidence.of("booked", "change_order", "invoiced", "credited"):
        if not _may_be_counted(evidence, event):
            continue
        unit, scope = _unit(event), understood.get((event.job, event.product, event.currency))
        if unit is not None:
            base_unit, factor = evidence.units.get(unit, (unit, Decimal(1)))
            found[event.key] = Counted(base_unit, _converted(event.facts["quantity"], factor))
        elif scope is not None and _is_plausible(evidence, event, scope):
            found[event.key] = Counted(scope.base_unit, _converted(event.facts["quantity"], scope.factor))
    return found


def whole(event: Event, counts: dict[str, Counted]) -> Part:
    """All of an event, as one item."""
    assert event.reporting is not None
    return Part(
        event,
        event.document,
        event.reporting,
        counts[event.key].quantity if event.key in counts else None,
        max(event.facts.get("discount_amount") or Decimal(0), Decimal(0)),
    )


def _unit(event: Event) -> str | None:
    unit = event.facts["unit"]
    return (unit.strip().lower() or None) if unit is not None else None


def _converted(quantity: Decimal, factor: Decimal) -> Decimal:
    return rounded(Fraction(quantity) * Fraction(factor), MILLIONTH)


def _may_be_counted(evidence: Evidence, event: Event) -> bool:
    quantity = event.facts["quantity"]
    return (
        event.reporting is not None
        and quantity is not None
        and quantity > 0
        and event.document >= 0
        and evidence.jobs.get(event.job, {}).get("job_type") not in UNCOUNTED_JOBS
    )


def _is_priced_by_quantity(event: Event) -> bool:
    rule = event.rule
    return event.facts.get("delivery_type") in COUNTED_TYPES and (
        rule.startswith("contract_rate") or rule in ("deal_line_price", "list_price", "unpriced")
    )


def _understood(evidence: Evidence, events: list[Event], found: dict[str, Counted]) -> Understood | None:
    base_units = {found[event.key].base_unit for event in events}
    if len(base_units) != 1:
        return None
    (base_unit,) = base_units
    units = {_unit(event) for event in events}
    factor = evidence.units.get(units.pop() or "", (base_unit, Decimal(1)))[1] if len(units) == 1 else Decimal(1)
    return Understood(
        base_unit,
        factor,
        sum((event.document for event in events), Decimal(0)),
        sum((found[event.key].quantity for event in events), Decimal(0)),
        all(event.rule == "unpriced" for event in events),
    )


def _is_plausible(evidence: Evidence, event: Event, scope: Understood) -> bool:
    if scope.is_unpriced:
        return True
    quantity, amount = event.facts["quantity"], Fraction(event.document)
    if event.stage in ("invoiced", "credited") and event.facts["unit_price"] is not None:
        amount = Fraction(quantity) * Fraction(event.facts["unit_price"])
    cost = Fraction(_converted(quantity, scope.factor)) * Fraction(scope.document) / Fraction(scope.quantity)
    times = Fraction(evidence.policy["price_plausibility"])
    return cost <= amount * times and amount <= cost * times
