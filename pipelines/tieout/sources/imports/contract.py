"""What a folder of import files may hold, beyond what is refused when the files are read.

A folder need not hold every entity: what it refers to may be another system's. Its totals
(`extract_totals`) are compared as a warning, since files of changes come on other days than totals
do, and a control reports the difference.
"""

from __future__ import annotations

from tieout.contracts.input_layer import rules_of
from tieout.contracts.rules import Complete, Fresh, Rule, Suite
from tieout.contracts.settings_of_systems import roles_of_entity
from tieout.input_layer import entities

_FRESH: dict[str, Fresh] = {
    "deliveries": Fresh("delivered_on", within_days=35),
    "invoices": Fresh("issued_on", within_days=35),
    "payments": Fresh("received_on", within_days=35),
    "fx_rates": Fresh("rate_on", within_days=7),
}


def _rules(entity: str) -> list[Rule]:
    whole = roles_of_entity() if entity == "accounts" else []
    return [
        *rules_of(entity),
        Complete(severity="warning"),
        *([_FRESH[entity]] if entity in _FRESH else []),
        *whole,
    ]


SUITE: Suite = {entity: _rules(entity) for entity in entities()}
