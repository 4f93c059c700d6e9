"""The facilities arm as the company sees it: what its three systems hold on a day, and which faults
show by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tieout_demo.facilities import world as worlds
from tieout_demo.facilities.faults import symptoms
from tieout_demo.facilities.faults.plant import faulty
from tieout_demo.facilities.records import hubspot, work_orders, xero
from tieout_demo.facilities.world import World

Row = dict[str, Any]


@dataclass(frozen=True)
class Facilities:
    seed: int
    scale: float
    faults: bool = True

    @property
    def world(self) -> World:
        return _history(self.seed, self.scale, self.faults)

    def hubspot(self, until: date) -> dict[str, list[Row]]:
        return hubspot.objects(self.world, until)

    def xero(self, until: date) -> dict[str, Any]:
        return xero.documents(self.world, until)

    def work_orders(self, until: date) -> dict[str, list[Row]]:
        return work_orders.tables(self.world, until)

    def truth(self, until: date, unrated: frozenset[tuple[str, date]] = frozenset()) -> list[Row]:
        """The faults that a control should report on that day, at its default window.

        `unrated` are currencies and days that the treasury has no rate for: work of those days
        can't be valued.
        """
        rows = [dict(row) for row in self.world.truth if row["planted_on"] <= until]
        return rows + [
            row for row in symptoms.unrated(self.world, unrated) if row["planted_on"] <= until
        ]


@lru_cache(maxsize=2)
def _history(seed: int, scale: float, faults: bool) -> World:
    """The whole history is simulated once, whatever day is asked for: that is why all days agree
    with each other."""
    return faulty(seed, scale) if faults else worlds.clean(seed, scale)
