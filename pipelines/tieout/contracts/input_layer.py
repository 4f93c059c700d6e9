"""The rules of each entity of the input layer, for the systems whose raw tables have its shape.

What the models could not work with is critical: a required value missing, an unknown code, an
interval that ends before it begins, a record that belongs to one that is not there. What a business
gets wrong is a warning: controls report it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.contracts.rules import (
    Reference,
    Rule,
    Severity,
    Unique,
    between,
    in_order,
    matches,
    one_of,
    present,
)
from tieout.input_layer import Entity, entities

# Intervals by which other records are chosen or spread: the models need them the right way round.
_INTERVALS = {
    ("valid_from", "valid_to"),
    ("period_starts_on", "period_ends_on"),
    ("starts_on", "ends_on"),
}
_ORDERS = (
    *sorted(_INTERVALS),
    ("planned_start_on", "planned_end_on"),
    ("started_on", "completed_on"),
    ("delivered_on", "approved_on"),
    ("completed_on", "accepted_on"),
    ("created_on", "won_on"),
    ("sent_on", "accepted_on"),
    ("sent_on", "valid_until_on"),
    ("issued_on", "due_on"),
    ("issued_on", "voided_on"),
    ("received_on", "reversed_on"),
    ("applied_on", "reversed_on"),
)

# What can only be a mistake of typing or of unit.
_RANGES: Mapping[str, tuple[float | None, float | None]] = {
    "weekly_capacity_hours": (0, 168),
    "standard_cost_rate": (0, None),
    "list_price": (0, None),
    "standard_cost": (0, None),
    "charge_rate": (0, None),
    "pay_rate": (0, None),
    "fee_pct": (0, 100),
    "rebate_pct": (0, 100),
    "billing_window_days": (0, 366),
    "payment_terms_days": (0, 366),
    "rate_pct": (0, 100),
    "retention_pct": (0, 100),
    "on_cost_pct": (0, None),
    "budget_hours": (0, None),
    "planned_hours": (0, None),
}

# Column -> the entity and column it refers to, wherever it appears.
_REFERENCES: Mapping[str, str] = {
    "customer_id": "customers.customer_id",
    "parent_customer_id": "customers.customer_id",
    "manager_id": "people.person_id",
    "owner_id": "people.person_id",
    "person_id": "people.person_id",
    "product_id": "products.product_id",
    "deal_id": "deals.deal_id",
    "contract_id": "contracts.contract_id",
    "job_id": "jobs.job_id",
    "job_line_id": "job_lines.job_line_id",
    "deal_line_id": "deal_lines.deal_line_id",
    "quote_id": "quotes.quote_id",
    "work_order_id": "work_orders.work_order_id",
    "delivery_id": "deliveries.delivery_id",
    "invoice_id": "invoices.invoice_id",
    "corrects_invoice_id": "invoices.invoice_id",
    "credit_note_id": "invoices.invoice_id",
    "payment_id": "payments.payment_id",
    "account_code": "accounts.account_code",
}

# A refund gives back a document, or the receipt that was too much.
_OR_TO: Mapping[tuple[str, str], str] = {
    ("payment_applications", "invoice_id"): "payments.payment_id"
}

# Documents of a ledger name those of the same ledger; everything else may be in another system.
_OF_ONE_BOOK = {"invoices", "payments", "accounts"}

# A record is a part of what these name: without it, it would be counted nowhere.
_PARTS_OF = {
    ("deal_lines", "deal_id"),
    ("quotes", "deal_id"),
    ("quote_lines", "quote_id"),
    ("job_lines", "job_id"),
    ("contract_rates", "contract_id"),
    ("job_budgets", "job_id"),
    ("work_orders", "job_id"),
    ("deliveries", "job_id"),
    ("invoice_lines", "invoice_id"),
    ("payment_applications", "invoice_id"),
    ("journal_lines", "account_code"),
}


@dataclass(frozen=True)
class Shape:
    """How a system's raw tables differ from the entities: `without` columns, and the table that an
    entity is in."""

    tables: Mapping[str, str | None] = field(default_factory=dict)
    without: frozenset[str] = frozenset()


def rules_of(name: str, shape: Shape | None = None) -> list[Rule]:
    """The rules of one entity.

    Args:
        name: of the entity.
        shape: where the raw tables are not the entities themselves; an entity in no table (None) is not referred to.
    """
    shape = shape or Shape()
    entity = entities()[name]
    columns = {
        column: said for column, said in entity.columns.items() if column not in shape.without
    }
    rules: list[Rule] = [
        *present(*(column for column, said in columns.items() if said.required)),
        Unique(entity.key),
    ]
    for column, said in columns.items():
        if said.codes:
            rules.append(one_of(column, *said.codes))
        if said.kind == "currency":
            rules.append(matches(column, "^[A-Z]{3}$", "three capital letters (ISO 4217)"))
        if said.kind == "country":
            rules.append(
                matches(
                    column, "^[A-Z]{2}$", "two capital letters (ISO 3166-1)", severity="warning"
                )
            )
        if said.kind == "fraction":
            rules.append(between(column, 0, 1))
        if column in _RANGES:
            rules.append(between(column, *_RANGES[column], severity="warning"))
    for earlier, later in _ORDERS:
        if earlier in columns and later in columns:
            rules.append(
                in_order(
                    earlier, later, "critical" if (earlier, later) in _INTERVALS else "warning"
                )
            )
    return [*rules, *_references(entity, shape)]


def _references(entity: Entity, shape: Shape) -> list[Rule]:
    rules: list[Rule] = []
    for column, to in _REFERENCES.items():
        target, _, key = to.partition(".")
        table = shape.tables.get(target, target)
        # Its own key refers to nothing.
        if (
            column not in entity.columns
            or column in shape.without
            or (column,) == entity.key
            or table is None
        ):
            continue
        severity: Severity = "critical" if (entity.name, column) in _PARTS_OF else "warning"
        other, _, other_key = _OR_TO.get((entity.name, column), "").partition(".")
        other_table = shape.tables.get(other, other) if other else None
        or_to = f"{other_table}.{other_key}" if other_table else None
        entity_there = None if target in _OF_ONE_BOOK else target
        rules.append(Reference(column, f"{table}.{key}", severity, True, or_to, entity_there))
    return rules
