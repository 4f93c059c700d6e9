"""What deliveries and invoice lines say themselves of what they answer (decision 0008, section 3)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bridge_reference_evidence import UNKNOWN, Evidence
from bridge_reference_names import named_delivery, named_work_order
from bridge_reference_parts import Measure, Part, by_document, by_quantity
from bridge_reference_passes import Sides, by_product
from bridge_reference_terms import Terms


class References:
    """Which lines and deliveries take part in which of the three passes by reference."""

    def __init__(self, evidence: Evidence, lines: list[Part], deliveries: list[Part], sides: Sides) -> None:
        self.delivery: dict[str, Hashable] = {}
        self.work_order: dict[str, Hashable] = {}
        self.period: dict[str, Hashable] = {}
        self.ends: dict[tuple[Any, ...], date] = {}
        for part in lines:
            self._line(evidence, part)
        named = set(self.delivery.values())
        worked = set(self.work_order.values())
        for part in deliveries:
            event = part.event
            if event.key in named:
                self.delivery[event.key] = event.key
            elif event.keys["work_order_key"] in worked:
                self.work_order[event.key] = event.keys["work_order_key"]
            elif event.has_job:
                begun = [period for period in self.ends if period[:-1] == by_product(part) and period[-1] <= event.day]
                if begun and self.ends[latest := max(begun)] >= event.day:
                    self.period[event.key] = latest
        self._part_work_orders_by_product(lines, deliveries)
        self.sides = sides
        # Lines billed in arrears for more than their period's work, and lines that make up a rate.
        self.above_their_period: set[str] = set()
        self.topped_up: set[Hashable] = set()
        self._look_at_periods(evidence, lines, deliveries)

    def best(self, parts: Sequence[Part]) -> Measure:
        """What makes up a rate is measured by the money."""
        if {self.period.get(part.event.key) for part in parts} & self.topped_up:
            return by_document
        return self.sides.best(parts)

    def _look_at_periods(self, evidence: Evidence, lines: list[Part], deliveries: list[Part]) -> None:
        """The day that a bill left out answers no period; a rate that was made up answers those that lacked it."""
        rooms: dict[Hashable, tuple[list[Part], list[Part]]] = {}
        for side, parts in enumerate((deliveries, lines)):
            for part in parts:
                if (period := self.period.get(part.event.key)) is not None:
                    rooms.setdefault(period, ([], []))[side].append(part)
        rooms = {period: both for period, both in rooms.items() if all(both)}
        lacking: dict[tuple[Any, ...], dict[Hashable, tuple[Decimal, date]]] = {}
        unanswered = [part for part in deliveries if not self._answers_something(part, rooms)]
        above: list[Part] = []
        for period, (work, bills) in rooms.items():
            measure = self.sides.best([*work, *bills])
            short = sum(map(measure, work), Decimal(0)) - sum(map(measure, bills), Decimal(0))
            money = sum((part.document for part in work), Decimal(0)) - sum((b.document for b in bills), Decimal(0))
            billed_on = max(part.event.day for part in bills)
            if short > 0:
                unanswered += work
                left_out = max((part for part in work if measure(part) == short), key=lambda p: p.order, default=None)
                if left_out is not None:
                    del self.period[left_out.event.key]
            elif short < 0:
                above += bills
            elif money > 0 and measure is by_quantity:
                lacking.setdefault(by_product(work[0]) or (), {})[period] = (money, billed_on)
        self._make_up(lines, lacking)
        for part in above:
            open_work = [w.event for w in unanswered if _of_product(w) == _of_product(part)]
            # Work whose time to be billed is over has no bill to come.
            late = any(Terms(evidence, event).window_ends(event.day) < evidence.as_of for event in open_work)
            before = any(event.day <= part.event.day for event in open_work)
            if Terms(evidence, part.event).bill_in_arrears and not late and not before:
                self.above_their_period.add(part.event.key)

    def _answers_something(self, part: Part, rooms: dict[Hashable, Any]) -> bool:
        key = part.event.key
        return key in self.delivery or key in self.work_order or self.period.get(key) in rooms

    def _make_up(self, lines: list[Part], lacking: dict[tuple[Any, ...], dict[Hashable, tuple[Decimal, date]]]) -> None:
        """The first line that says no work and no period, and is what all periods billed up to then lack."""
        for part in sorted(lines, key=lambda part: part.order):
            event, periods = part.event, lacking.get(by_product(part) or (), {})
            says = event.key in self.delivery or event.key in self.work_order
            topped = {period: money for period, (money, on) in periods.items() if on <= event.day}
            if says or event.facts["period_ends_on"] is not None or not topped or sum(topped.values()) != part.document:
                continue
            for known in [key for key, period in self.period.items() if period in topped]:
                self.period[known] = ("top_up", event.key)
            self.period[event.key] = ("top_up", event.key)
            self.topped_up.add(("top_up", event.key))
            lacking[by_product(part) or ()] = {}

    def _part_work_orders_by_product(self, lines: list[Part], deliveries: list[Part]) -> None:
        """The lines of a work order answer the work of their product, where both name it."""
        of_lines, of_deliveries = (
            {
                (self.work_order[part.event.key], part.event.product)
                for part in parts
                if part.event.key in self.work_order and part.event.product != UNKNOWN
            }
            for parts in (lines, deliveries)
        )
        for part in (*lines, *deliveries):
            named = (self.work_order.get(part.event.key), part.event.product)
            if named in of_lines & of_deliveries:
                self.work_order[part.event.key] = named

    def _line(self, evidence: Evidence, part: Part) -> None:
        event = part.event
        starts, ends = event.facts["period_starts_on"], event.facts["period_ends_on"]
        if (delivery := named_delivery(evidence, event)) is not None:
            self.delivery[event.key] = delivery.key
        elif (order := named_work_order(evidence, event)) is not None:
            self.work_order[event.key] = order
        elif event.has_job and starts is not None and ends is not None:
            # Periods that begin together are one, as long as the longest.
            period = (*by_product(part), starts)
            self.period[event.key] = period
            self.ends[period] = max(self.ends.get(period, ends), ends)


def _of_product(part: Part) -> tuple[str, str] | None:
    return (part.event.job, part.event.product) if part.event.has_job else None
