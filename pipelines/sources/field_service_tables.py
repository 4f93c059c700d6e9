"""The raw tables of a work-order database: the input layer's entities, deliveries apart by what they are records of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from pipelines.rawlog import Table
from pipelines.settings import PROJECT

SYSTEM = "field_service"

# Raw table -> the entity of the input layer it is one of, and the columns it leaves to staging.
ENTITIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "customers": ("customers", frozenset()),
    "employees": ("people", frozenset()),
    "products": ("products", frozenset()),
    "contracts": ("contracts", frozenset()),
    "contract_rates": ("contract_rates", frozenset()),
    "change_orders": ("change_orders", frozenset()),
    "jobs": ("jobs", frozenset()),
    "job_budgets": ("job_budgets", frozenset()),
    "work_orders": ("work_orders", frozenset()),
    "timesheets": ("deliveries", frozenset({"delivery_type"})),
    "materials": ("deliveries", frozenset({"delivery_type"})),
    # Of these a source need not count anything: an expense, a milestone is one.
    "expenses": ("deliveries", frozenset({"delivery_type", "quantity"})),
    "milestones": ("deliveries", frozenset({"delivery_type", "quantity"})),
    "shipments": ("deliveries", frozenset({"delivery_type"})),
    "stock_moves": ("stock_moves", frozenset()),
    "costs": ("costs", frozenset()),
}

# The column whose sum the source is asked for, so that what landed can be proved against it.
AMOUNTS: Mapping[str, str] = {
    "change_orders": "amount_delta",
    "job_budgets": "budget_cost",
    "expenses": "value_amount",
    "milestones": "value_amount",
    "stock_moves": "cost_amount",
    "costs": "amount",
}

_TEXTS = {"code", "currency", "country"}


@cache
def input_layer() -> Mapping[str, Any]:
    """`pipelines/input_layer.yml`."""
    layer: Mapping[str, Any] = yaml.safe_load((PROJECT / "pipelines" / "input_layer.yml").read_text(encoding="utf-8"))
    return layer


def codes(table: str, column: str) -> tuple[str, ...]:
    """The codes that the input layer knows for a column; empty where it is not a code."""
    said = str(input_layer()[ENTITIES[table][0]]["columns"].get(column, ""))
    kind, _, values = said.partition(" ")
    return tuple(value.strip() for value in values.split("|")) if kind.rstrip("!") == "code" else ()


def _table(name: str) -> Table:
    entity, left = ENTITIES[name]
    said = {c: str(kind).partition(" ")[0] for c, kind in input_layer()[entity]["columns"].items()}
    columns = {c: "text" if (plain := kind.rstrip("!")) in _TEXTS else plain for c, kind in said.items()}
    columns.pop("delivery_type", None)
    columns["updated_at"] = "timestamp"
    required = {c for c, kind in said.items() if kind.endswith("!")} - left
    return Table(name, columns, tuple(input_layer()[entity]["key"]), frozenset(required), updated_at="updated_at")


TABLES: tuple[Table, ...] = tuple(_table(name) for name in ENTITIES)
