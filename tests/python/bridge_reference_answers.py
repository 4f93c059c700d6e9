"""What deliveries and invoice lines say themselves of what they answer (decision 0008, section
3)."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Any

from bridge_reference_evidence import UNKNOWN, Evidence
from bridge_reference_names import named_delivery, named_work_order
from bridge_reference_parts import Part
from bridge_reference_passes import Sides, by_product
from bridge_reference_terms import Terms


class References:
    """Which lines and deliveries take part in which of the three passes by reference."""

    def __init__(
        self, evidence: Evidence, lines: list[Part], deliveries: list[Part], sides: Sides
    ) -> None:
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
                begun = [
                    period
                    for period in self.ends
                    if period[:-1] == by_product(part) and period[-1] <= event.day
                ]
                if begun and self.ends[latest := max(begun)] >= event.day:
                    self.period[event.key] = latest
        self._part_work_orders_by_product(lines, deliveries)
        self.sides = sides
        # Lines billed in arrears for more than their period's work.
        self.above_their_period: set[str] = set()
        self._look_at_periods(evidence, lines, deliveries)

    def _look_at_periods(
        self, evidence: Evidence, lines: list[Part], deliveries: list[Part]
    ) -> None:
        """The day that a bill left out answers no period; what is billed above a period answers no
        later work."""
        rooms: dict[Hashable, tuple[list[Part], list[Part]]] = {}
        for side, parts in enumerate((deliveries, lines)):
            for part in parts:
                if (period := self.period.get(part.event.key)) is not None:
                    rooms.setdefault(period, ([], []))[side].append(part)
        rooms = {period: both for period, both in rooms.items() if all(both)}
        unanswered = [part for part in deliveries if not self._answers_something(part, rooms)]
        above: list[Part] = []
        for work, bills in rooms.values():
            measure = self.sides.best([*work, *bills])
            short = sum(map(measure, work), Decimal(0)) - sum(map(measure, bills), Decimal(0))
            if short > 0:
                unanswered += work
                left_out = max(
                    (part for part in work if measure(part) == short),
                    key=lambda p: p.order,
                    default=None,
                )
                if left_out is not None:
                    del self.period[left_out.event.key]
            elif short < 0:
                above += bills
        for part in above:
            open_work = [w.event for w in unanswered if _of_product(w) == _of_product(part)]
            # Work whose time to be billed is over has no bill to come.
            late = any(
                Terms(evidence, event).window_ends(event.day) < evidence.as_of
                for event in open_work
            )
            before = any(event.day <= part.event.day for event in open_work)
            if Terms(evidence, part.event).bill_in_arrears and not late and not before:
                self.above_their_period.add(part.event.key)

    def _answers_something(self, part: Part, rooms: dict[Hashable, Any]) -> bool:
        key = part.event.key
        return key in self.delivery or key in self.work_order or self.period.get(key) in rooms

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
