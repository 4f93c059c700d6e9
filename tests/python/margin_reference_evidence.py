"""What the plain reference of the margins reads of a built warehouse: what happened, what it was
counted by, and the rows that were drawn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
from bridge_companies import Row
from bridge_world import rows_of

ZERO = Decimal(0)
CENT = Decimal("0.01")
Place = tuple[str, str]
"""A job and a product."""


def cents(amount: Decimal) -> Decimal:
    """To the cent, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Evidence:
    """The rows behind the figures."""

    events: list[Row]
    jobs: dict[str, Row]
    job_keys: dict[tuple[str, str], str]
    product_keys: dict[tuple[str, str], str]
    sold: list[Row]
    worked: list[Row]
    changes: dict[str, Decimal]
    rates: dict[tuple[str, str, date], Decimal]
    recorded: dict[tuple[str, str, str], Row]
    as_of: date


def read(
    con: duckdb.DuckDBPyConnection, recorded: dict[tuple[str, str, str], Row], as_of: date
) -> Evidence:
    """The evidence of a built warehouse; `recorded` has the drawn rows by system, entity and id."""
    currencies = {
        row["job_key"]: row["currency"] for row in rows_of(con, "intermediate.int_job_terms")
    }
    return Evidence(
        rows_of(con, "marts.fct_stage_events"),
        # A job's currency is its own, its contract's or its company's.
        {
            row["job_key"]: {**row, "currency": currencies.get(row["job_key"], row["currency"])}
            for row in rows_of(con, "marts.dim_job")
        },
        {
            (row["source_system"], row["source_id"]): row["job_key"]
            for row in rows_of(con, "intermediate.int_job_links")
            if row["source_entity"] == "jobs"
        },
        {
            (row["source_system"], row["source_id"]): row["product_key"]
            for row in rows_of(con, "marts.xref_product")
            if row["source_entity"] != "product_codes"
        },
        rows_of(con, "intermediate.int_commitment_items"),
        [
            row
            for row in rows_of(con, "intermediate.int_delivery_values")
            if row["left_out_reason"] is None and row["event_on"] <= as_of
        ],
        {
            row["event_key"]: row["reporting_amount"] or ZERO
            for row in rows_of(con, "intermediate.int_change_plans")
        },
        {
            (row["source_system"], row["currency"], row["rate_on"]): row["rate"]
            for row in rows_of(con, "intermediate.int_reporting_rates")
        },
        recorded,
        as_of,
    )


def booked(evidence: Evidence) -> set[Place]:
    """Where a booking stands."""
    counts: dict[Place, int] = defaultdict(int)
    for event in evidence.events:
        if event["stage"] == "booked":
            place = (event["job_key"], event["product_key"])
            counts[place] += -1 if event["valuation_rule"] == "un_won" else 1
    return {place for place, count in counts.items() if count > 0}


def recorded_of(evidence: Evidence, event: Row) -> Row:
    return evidence.recorded[event["source_system"], event["source_entity"], event["source_id"]]


def only_products(evidence: Evidence) -> dict[str, str]:
    sold: dict[str, set[str]] = defaultdict(set)
    for event in evidence.events:
        if event["stage"] in ("booked", "change_order") and event["job_key"] != "unknown":
            sold[event["job_key"]].add(event["product_key"])
    return {job: min(products) for job, products in sold.items() if len(products) == 1}
