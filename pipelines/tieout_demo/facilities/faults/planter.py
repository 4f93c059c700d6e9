"""Chooses where a fault goes, one to a job, and writes down what a control should find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from tieout_demo.facilities.basics import ENDS, dice
from tieout_demo.facilities.model import Deal
from tieout_demo.facilities.world import World

T = TypeVar("T")
# A fault of each kind is old enough to be found on the demo's usual day.
_SHOWN_BY = date(2026, 6, 1)


class Planter:
    def __init__(self, world: World, scale: float) -> None:
        self.world = world
        self.scale = scale
        self.rng = dice(world.seed, "faults")
        self._taken: set[int] = set()
        self._noted: set[tuple[str, str, str]] = set()

    def free(self, deal: Deal) -> bool:
        """One fault to a deal and its job, so that each label stands for itself."""
        return deal.number not in self._taken

    def take(self, deal: Deal) -> None:
        self._taken.add(deal.number)

    def choose(
        self,
        name: str,
        candidates: Iterable[T],
        permille: int,
        deal_of: Callable[[T], Deal | None],
        on: Callable[[T], date],
    ) -> list[T]:
        """That many of a thousand, at least four (fewer in a small company); the first ones show by
        the usual day."""
        rng = dice(self.world.seed, "fault", name)
        open_ = [one for one in candidates if (deal := deal_of(one)) is None or self.free(deal)]
        rng.shuffle(open_)
        least = 4 if self.scale >= 1 else max(1, round(4 * self.scale))
        wanted = max(least, len(open_) * permille // 1000)
        early = [one for one in open_ if on(one) <= _SHOWN_BY]
        head = early[:least]
        chosen: list[T] = []
        for one in head + [one for one in open_ if not any(one is other for other in head)]:
            if len(chosen) == wanted:
                break
            deal = deal_of(one)
            if deal is None or self.free(deal):
                if deal is not None:
                    self.take(deal)
                chosen.append(one)
        return chosen

    def note(
        self,
        control: str,
        entity: str,
        system: str,
        ident: object,
        value: Decimal,
        currency: str,
        on: date,
        note: str,
    ) -> None:
        """`on` is the first day on which the control, with its default window, should report it."""
        key = (control, system, str(ident))
        if on <= ENDS and key not in self._noted:
            self._noted.add(key)
            row: dict[str, Any] = {
                "control_id": control,
                "entity": entity,
                "source_system": system,
                "entity_id": str(ident),
                "value_amount": abs(value),
                "currency": currency,
                "planted_on": on,
                "note": note,
            }
            self.world.truth.append(row)
