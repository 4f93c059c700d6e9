"""The raw tables of a work-order database: the input layer's entities, deliveries apart by what
they are records of."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.input_layer import entities
from tieout.landing.table_types import Table

# Raw table -> the entity of the input layer it is one of, and the columns it leaves to staging.
ENTITIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "customers": ("customers", frozenset()),
    "employees": ("people", frozenset()),
    "products": ("products", frozenset()),
    "contracts": ("contracts", frozenset()),
    "contract_rates": ("contract_rates", frozenset()),
    "change_orders": ("change_orders", frozenset()),
    "jobs": ("jobs", frozenset()),
    "job_lines": ("job_lines", frozenset()),
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
    "job_lines": "net_amount",
    "job_budgets": "budget_cost",
    "expenses": "value_amount",
    "milestones": "value_amount",
    "stock_moves": "cost_amount",
    "costs": "amount",
}


def codes(table: str, column: str) -> tuple[str, ...]:
    """The codes that the input layer knows for a column; empty where it is not a code."""
    known = entities()[ENTITIES[table][0]].columns
    return known[column].codes if column in known else ()


def _table(name: str) -> Table:
    entity, left = ENTITIES[name]
    said = [
        column for column in entities()[entity].columns.values() if column.name != "delivery_type"
    ]
    kinds = {**{column.name: column.raw_kind for column in said}, "updated_at": "timestamp"}
    required = frozenset(column.name for column in said if column.required) - left
    # No `updated_at` for the log: each landing sees the database as it is, so what arrives later
    # counts, even where a restored backup has put a row's time of change back.
    return Table(name, kinds, entities()[entity].key, required)


TABLES: tuple[Table, ...] = tuple(_table(name) for name in ENTITIES)
