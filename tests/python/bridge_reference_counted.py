"""Which events may be matched by quantity, and in which unit (decision 0008, section 1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bridge_reference_evidence import Event, Evidence, Row
from bridge_reference_names import named_delivery
from bridge_reference_parts import MILLIONTH, Part, rounded

COUNTED_TYPES = ("time", "material", "shipment")
UNCOUNTED_JOBS = ("fixed_price", "permanent_placement")


@dataclass(frozen=True)
class Counted:
    base_unit: str
    quantity: Decimal


@dataclass(frozen=True)
class Work:
    """Counted deliveries of one base unit that a record's price is compared with."""

    base_unit: str
    # The unit tried first: that of the source, where there is one.
    factor: Decimal
    working_time: dict[str, Decimal | None]
    document: Decimal
    quantity: Decimal
    currency: str
    has_several_times: bool = False


def counted(evidence: Evidence) -> dict[str, Counted]:
    """The quantity in base units of every event that is counted, by its key."""
    found: dict[str, Counted] = {}
    deliveries: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in evidence.of("delivered"):
        if _may_be_counted(evidence, event) and _is_priced_by_quantity(event):
            found[event.key] = _in_unit(evidence, event, _unit(event) or "none")
            if event.has_job:
                deliveries[event.job, event.product, event.currency].append(event)
    repriced = {
        (event.job, event.product, event.currency)
        for event in evidence.of("change_order")
        if event.facts["is_amount_only"] and event.document and event.reporting is not None
    }
    works = {scope: _work(evidence, events, found) for scope, events in deliveries.items()}
    for event in evidence.of("booked", "change_order", "invoiced", "credited"):
        if not _may_be_counted(evidence, event) or event.rule == "voided":
            continue
        if (
            event.stage in ("booked", "change_order")
            and (event.job, event.product, event.currency) in repriced
        ):
            continue
        unit = _unit(event) if event.stage in ("booked", "change_order") else None
        if unit is not None:
            found[event.key] = _in_unit(evidence, event, unit)
            continue
        work = works.get((event.job, event.product, event.currency))
        if work is not None and work.has_several_times:
            work = replace(work, working_time=_last_worked(evidence, event, deliveries))
        delivery = (
            named_delivery(evidence, event) if event.stage in ("invoiced", "credited") else None
        )
        if delivery is not None and delivery.key in found:
            work = _work(evidence, [delivery], found)
        if work is not None and (factor := _factor(evidence, event, work)) is not None:
            found[event.key] = Counted(work.base_unit, _converted(event.facts["quantity"], factor))
    return found


def whole(event: Event, counts: dict[str, Counted]) -> Part:
    """All of an event, as one item."""
    return Part(
        event,
        event.document,
        Decimal(0) if event.reporting is None else event.reporting,
        counts[event.key].quantity if event.key in counts else None,
    )


def _unit(event: Event) -> str | None:
    unit = event.facts["unit"]
    return (unit.strip().lower() or None) if unit is not None else None


def _converted(quantity: Decimal, factor: Decimal) -> Decimal:
    return rounded(Fraction(quantity) * Fraction(factor), MILLIONTH)


def _may_be_counted(evidence: Evidence, event: Event) -> bool:
    quantity = event.facts["quantity"]
    return (
        evidence.takes_part(event)
        and quantity is not None
        and quantity > 0
        and event.document >= 0
        and evidence.jobs.get(event.job, {}).get("job_type") not in UNCOUNTED_JOBS
    )


def _is_priced_by_quantity(event: Event) -> bool:
    rule = event.rule
    if event.document == 0 and rule != "unpriced":
        return False
    return event.facts.get("delivery_type") in COUNTED_TYPES and (
        rule.startswith("contract_rate")
        or rule in ("order_line_price", "deal_line_price", "list_price", "unpriced")
    )


def _in_unit(evidence: Evidence, event: Event, unit: str) -> Counted:
    base_unit, factor = evidence.units.get(unit, (unit, Decimal(1)))
    own = _working_time(evidence, event).get(unit)
    return Counted(base_unit, _converted(event.facts["quantity"], factor if own is None else own))


def _working_time(evidence: Evidence, event: Event) -> dict[str, Decimal | None]:
    """The base units of a day, week and month where a working time is in force for the event, else
    none."""
    if event.stage == "delivered":
        found: Row | None = event.facts
    else:
        job = evidence.jobs.get(event.job, {})
        company = evidence.companies.get(job.get("source_system", ""), "")
        found = evidence.working_days.get(
            (company, job.get("contract_key"), job.get("person_key"), event.day)
        )
    return {unit: (found or {}).get(f"{unit}_quantity") for unit in ("day", "week", "month")}


def _last_worked(
    evidence: Evidence, event: Event, deliveries: dict[tuple[str, str, str], list[Event]]
) -> dict[str, Decimal | None]:
    """Where the working time changed: that of the last day worked by the end of the line's period,
    if it is one."""
    by = event.facts.get("period_ends_on") or event.day
    before = [one for one in deliveries[event.job, event.product, event.currency] if one.day <= by]
    last = max((one.day for one in before), default=None)
    return _common([_working_time(evidence, one) for one in before if one.day == last])


def _common(times: list[dict[str, Decimal | None]]) -> dict[str, Decimal | None]:
    """Of each unit what all have; nothing where they differ."""
    units = times[0] if times else ()
    return {unit: one.pop() for unit in units if len(one := {time[unit] for time in times}) == 1}


def _work(evidence: Evidence, events: list[Event], found: dict[str, Counted]) -> Work | None:
    base_units = {found[event.key].base_unit for event in events}
    if len(base_units) != 1:
        return None
    (base_unit,) = base_units
    units = {_unit(event) or "none" for event in events}
    times = [_working_time(evidence, event) for event in events]
    (unit,) = units if len(units) == 1 else (base_unit,)
    factors = {
        time.get(unit) or evidence.units.get(unit, (base_unit, Decimal(1)))[1] for time in times
    }
    return Work(
        base_unit,
        factors.pop() if len(factors) == 1 else Decimal(1),
        _common(times),
        sum((event.document for event in events), Decimal(0)),
        sum((found[event.key].quantity for event in events), Decimal(0)),
        events[0].currency,
        len({(time["day"], time["week"]) for time in times}) > 1,
    )


def _factor(evidence: Evidence, event: Event, work: Work) -> Decimal | None:
    """How many base units one of the record is: the first unit in which its price is plausible."""
    is_free = event.document == 0 and event.stage in ("booked", "change_order")
    if work.document == 0 or work.currency != event.currency or is_free:
        return work.factor
    others = sorted(
        work.working_time.get(unit) or factor
        for unit, (base_unit, factor) in evidence.units.items()
        if base_unit == work.base_unit
    )
    return next(
        (
            factor
            for factor in [work.factor, *others]
            if _is_plausible(evidence, event, work, factor)
        ),
        None,
    )


def _is_plausible(evidence: Evidence, event: Event, work: Work, factor: Decimal) -> bool:
    quantity, amount = event.facts["quantity"], Fraction(event.document)
    if event.stage in ("invoiced", "credited") and event.facts["unit_price"] is not None:
        amount = Fraction(quantity) * Fraction(event.facts["unit_price"])
    cost = (
        Fraction(_converted(quantity, factor)) * Fraction(work.document) / Fraction(work.quantity)
    )
    times = Fraction(evidence.policy["price_plausibility"])
    return cost <= amount * times and amount <= cost * times
