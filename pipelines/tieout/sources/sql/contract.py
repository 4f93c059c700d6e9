"""What a work-order database may hold, after the mapping file has given its columns and codes our
names.

It was read as of one moment, with its own counts and sums, so that both must agree to the cent.
"""

from __future__ import annotations

from tieout.contracts.input_layer import Shape, rules_of
from tieout.contracts.rules import Complete, Fresh, Rule, Suite
from tieout.sources.sql.tables import AMOUNTS, ENTITIES

# Deals are the CRM's. Deliveries lie in five tables, so that what refers to one is looked up by the
# models.
_TABLES = {"people": "employees", "deals": None, "deliveries": None}
_FRESH: dict[str, Fresh] = {
    "timesheets": Fresh("updated_at", within_days=7),
    "jobs": Fresh("updated_at", within_days=14),
}


def _rules(table: str) -> list[Rule]:
    entity, left = ENTITIES[table]
    shape = Shape(_TABLES, left | {"delivery_type"})
    return [
        *rules_of(entity, shape),
        Complete(AMOUNTS.get(table)),
        *([_FRESH[table]] if table in _FRESH else []),
    ]


SUITE: Suite = {table: _rules(table) for table in ENTITIES}
