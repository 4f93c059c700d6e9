"""The demo company Northgate: two arms, one seeded history, and the state that its systems held on
any day.

`Company(seed, scale).state(until)` is all that the demo's servers, database and file writers need.
An arm is anything with `hubspot/xero/work_orders`-shaped answers (facilities) or `imports(until)`
and `truth(until)` (recruitment).

The same seed and scale give the same history on every Python from 3.10 and whatever PYTHONHASHSEED
is: randomness comes from `random.Random` seeded with text, ids from uuid5 and counters, time from
the simulated calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from tieout_demo import fx
from tieout_demo.facilities.arm import Facilities
from tieout_demo.recruitment import Recruitment
from tieout_demo.shared_customers import shared_customers

HISTORY_STARTS = date(2025, 1, 1)
DEFAULT_UNTIL = date(2026, 6, 30)
SIMULATED_UNTIL = date(2026, 9, 30)

Row = dict[str, Any]


@dataclass(frozen=True)
class DemoState:
    """What every system of the company held at the end of one day."""

    until: date
    hubspot: dict[str, list[Row]] = field(default_factory=dict)
    xero: dict[str, Any] = field(default_factory=dict)
    work_orders: dict[str, list[Row]] = field(default_factory=dict)
    imports: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    truth: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Company:
    """`scale` 1 is about 400 customers, 2,500 deals and 1,500 jobs of the facilities arm; 0.05
    suits tests."""

    seed: int = 1
    scale: float = 1.0
    faults: bool = True

    def state(self, until: date = DEFAULT_UNTIL) -> DemoState:
        if not HISTORY_STARTS <= until <= SIMULATED_UNTIL:
            raise ValueError(
                f"until must lie between {HISTORY_STARTS} and {SIMULATED_UNTIL}, not {until}"
            )
        facilities = Facilities(self.seed, self.scale, self.faults)
        recruitment = _recruitment(self.seed, self.scale, self.faults)
        imports = recruitment.imports(until)
        unrated = _unrated(imports.get("treasury", {}).get("fx_rates", []), until)
        return DemoState(
            until=until,
            hubspot=facilities.hubspot(until),
            xero=facilities.xero(until),
            work_orders=facilities.work_orders(until),
            imports=imports,
            truth=facilities.truth(until, unrated) + recruitment.truth(until),
        )


@lru_cache(maxsize=2)
def _recruitment(seed: int, scale: float, faults: bool) -> Recruitment:
    """Simulated once, whatever days are asked for, as the other arm is."""
    shared = shared_customers(Facilities(seed, scale, faults).world.customers)
    return Recruitment(seed, scale, shared, faults=faults)


def _unrated(rates: list[Row], until: date) -> frozenset[tuple[str, date]]:
    """Currencies and days for which the treasury has no rate into pounds, though there was one."""
    held = {(row["from_currency"], row["rate_on"]) for row in rates if row["to_currency"] == "GBP"}
    wanted = {
        (currency, on)
        for currency in fx.CURRENCIES
        for on in fx.days()
        if on <= until and currency != "GBP"
    }
    return frozenset(wanted - held)
