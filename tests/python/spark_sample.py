"""About sixty models of all layers, to be built on Spark beside what DuckDB made of the same data.

What the sample reads and does not build itself is DuckDB's, as Parquet.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator

import duckdb
import pytest
from benchmarks.beside import compare_marts, duckdb_build, manifest_of, relation_of

from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.spark.java import java_home

SAMPLE = {
    "what a company says": [
        "account_roles", "customer_links", "control_precedence", "match_rules", "bridge_reasons",
    ],
    "staging": ["stg_arrivals", "stg_imports__accounts", "stg_imports__deal_versions"],
    "conformed": [
        "cnf_accounts", "cnf_deal_versions", "cnf_invoices", "cnf_journal_lines", "cnf_deliveries", "cnf_fx_rates",
    ],
    "who is who": [
        "int_customer_names", "int_customer_words", "int_customer_pairs", "int_customer_clusters", "xref_customer",
        "int_person_keys", "int_product_evidence",
    ],
    "jobs": ["int_job_mentions", "int_job_codes", "int_record_job_links"],
    "rates and values": [
        "int_day_rates", "int_document_rates", "int_calendar", "int_deal_line_values", "int_invoice_values",
        "int_delivery_values", "int_booked_values", "int_milestone_values", "int_applied_cash_values",
        "int_stage_events", "int_stage_values",
    ],
    "matching": [
        "int_line_references", "int_understood_quantities", "int_contracted_to_delivered", "int_delivered_to_invoiced",
        "int_settlements",
    ],
    "tie-outs": ["int_trial_balance", "int_tie_outs", "int_landed_by_cause", "int_receivable_postings"],
    "dimensions and facts": [
        "dim_customer", "dim_job", "fct_stage_events", "fct_quote_to_cash", "fct_bridge", "fct_bridge_monthly",
        "fct_receivable_movements", "fct_revenue_rollforward",
    ],
    "margin": ["int_cost_effects", "fct_job_margin", "fct_margin_walk", "fct_price_realisation", "fct_attribution"],
    "controls and exceptions": [
        "ctl_quantity_variance", "ctl_duplicate_invoice", "ctl_cash_tie_out", "ctl_timesheet_missing",
        "ctl_margin_erosion", "ctl_planned_cost_missing", "int_exception_lives", "fct_exceptions",
    ],
}  # fmt: skip
CHOSEN = tuple(name for names in SAMPLE.values() for name in names)
EMPTY = frozenset({"seeds.customer_links"})
"""Nobody filled it: a seed without rows. Of a control it is what it examined that is not empty."""
POPULATIONS = "controls.populations"


def have_spark() -> None:
    """Skips where Spark cannot run, and says why; in CI it can."""
    try:
        importlib.import_module("pyspark")
        java_home()
    except (ImportError, TieoutError) as error:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


def differences(small: Settings, settings: Settings) -> Iterator[str]:
    """What differs between the sample as DuckDB built it and what Spark made; and what proves
    nothing, because it is empty."""
    comparison = compare_marts()
    nodes = [
        node
        for node in manifest_of(small)["nodes"].values()
        if node["name"] in CHOSEN and node["resource_type"] in ("model", "seed")
    ]
    expected = settings.output / "expected.duckdb"
    controls = [node["name"] for node in nodes if node["config"]["materialized"] == "control"]
    with duckdb_build(small, str(expected)) as connection:
        for relation in sorted(map(relation_of, nodes)):
            # Of what is a view of DuckDB's, its rows.
            connection.execute(f"create schema if not exists {relation.partition('.')[0]}")
            connection.execute(f"create table {relation} as select * from build.{relation}")
            if relation not in EMPTY and not relation.startswith("controls."):
                yield from _if_empty(connection, relation, relation)
        connection.execute(
            f"create table {POPULATIONS} as select * from build.{POPULATIONS} where 'ctl_' || control_id in $1",
            [controls],
        )
        for name in controls:
            counted = (
                f"{POPULATIONS} where 'ctl_' || control_id = '{name}' and population_count > 0"
            )
            yield from _if_empty(connection, name, counted)
    tables = frozenset([*map(relation_of, nodes), POPULATIONS])
    yield from comparison.differences(expected, settings.build, True, tables)
    print(comparison.compared(expected, True, tables))


def _if_empty(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> Iterator[str]:
    if connection.execute(f"select 1 from {rows} limit 1").fetchone() is None:
        yield f"{name} is empty, so it proves nothing: choose another one"
