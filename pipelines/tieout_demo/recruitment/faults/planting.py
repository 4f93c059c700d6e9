"""Choosing where faults go, and keeping their labels: nothing is hit twice, and each control draws
for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tieout_demo.recruitment.model import Fault, cents, draws

# Faults of this day or before have had their windows run out by the end of the fixed history.
SETTLED = date(2026, 5, 3)
T = TypeVar("T")


class Planter:
    def __init__(self, seed: int, scale: float, *, active: bool) -> None:
        self._seed, self._scale, self._active = seed, scale, active
        self._hit: set[object] = set()
        self._faults: list[Callable[[], Fault]] = []

    def pick(
        self,
        control_id: str,
        candidates: Sequence[T],
        when: Callable[[T], date],
        name: Callable[[T], object],
        count: int,
    ) -> list[T]:
        """So many of the candidates before SETTLED, a third as many after; none that another fault
        has taken."""
        if not self._active:
            return []
        chance = draws(self._seed, "fault", control_id)
        free = [candidate for candidate in candidates if name(candidate) not in self._hit]
        early = [candidate for candidate in free if when(candidate) <= SETTLED]
        later = [candidate for candidate in free if when(candidate) > SETTLED]
        wanted = max(1, round(count * self._scale))
        chosen = chance.sample(early, min(wanted, len(early))) + chance.sample(
            later, min(wanted // 3, len(later))
        )
        self._hit.update(name(candidate) for candidate in chosen)
        return chosen

    def take(self, name: object) -> None:
        """Keep other faults off something that this one touches as well."""
        self._hit.add(name)

    def all_free(self, names: Iterable[object]) -> bool:
        return self._hit.isdisjoint(names)

    def label(
        self,
        control_id: str,
        entity: str,
        entity_id: str | Callable[[], str],
        value: Decimal,
        currency: str,
        planted_on: date,
        note: str,
    ) -> None:
        """What the control should find. An id that isn't given yet is asked for when the truth is
        written."""

        def fault() -> Fault:
            known = entity_id if isinstance(entity_id, str) else entity_id()
            return Fault(control_id, entity, known, cents(abs(value)), currency, planted_on, note)

        self._faults.append(fault)

    def truth(self) -> list[Fault]:
        labelled = [fault() for fault in self._faults]
        return sorted(
            labelled,
            key=lambda fault: (fault.planted_on, fault.control_id, fault.entity_id, fault.note),
        )
