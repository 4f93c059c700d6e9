"""About sixty models of all layers are built on Spark, in one session, and every cell is DuckDB's; a
law that does not hold stops a build there as it does here.

What the sample reads and does not build is DuckDB's. `make spark` builds and compares everything.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import psutil
import pytest

from tieout.errors import TieoutError
from tieout.lock import writing
from tieout.run import publish_all
from tieout.settings import Settings, Spark
from tieout.spark.java import java_home
from tieout.spark.lake import export, place_of_build
from tieout.warehouse.build import build

SAMPLE = {
    # A seed without rows among them.
    "what a company says": [
        "account_roles", "customer_links", "controls", "match_rules", "bridge_reasons", "legal_forms",
    ],
    "staging and conformed": [
        "stg_arrivals", "cnf_accounts", "cnf_deal_versions", "cnf_invoices", "cnf_journal_lines",
        "cnf_contract_rate_versions", "cnf_deliveries", "cnf_fx_rates", "cnf_extract_totals",
    ],
    "who is who": [
        "int_customer_records", "int_customer_names", "int_customer_words", "int_customer_pairs",
        "int_customer_clusters", "xref_customer", "int_product_candidates", "int_person_candidates",
    ],
    "jobs": ["int_job_mentions", "int_job_codes", "int_record_job_links"],
    "rates and values": [
        "int_day_rates", "int_document_rates", "int_calendar", "int_working_days", "int_deal_line_values",
        "int_invoice_values", "int_delivery_values", "int_booked_values", "int_milestone_values",
        "int_applied_cash_values", "int_stage_events", "int_stage_values",
    ],
    "matching": [
        "int_line_references", "int_understood_quantities", "int_delivered_to_invoiced", "int_sold_for_cash",
        "int_settlements", "int_billing_netted",
    ],
    "tie-outs": [
        "int_trial_balance", "int_ledger_differences", "int_standing_differences", "int_tie_outs",
        "int_landed_by_cause",
    ],
    "dimensions and facts": [
        "dim_customer", "dim_job", "dim_calendar", "fct_stage_events", "fct_quote_to_cash", "fct_bridge",
        "fct_bridge_monthly", "fct_receivable_movements", "fct_revenue_rollforward",
    ],
    "margin": ["int_cost_effects", "fct_job_margin", "fct_margin_walk", "fct_price_realisation", "fct_attribution"],
    "controls and exceptions": [
        "ctl_quantity_variance", "ctl_duplicate_invoice", "ctl_invoice_number_gap", "ctl_cash_tie_out",
        "ctl_timesheet_missing", "ctl_margin_below_threshold", "int_exception_lives", "fct_exceptions",
    ],
}  # fmt: skip
LAW = "law_bridge_closes"


def have_spark() -> None:
    """Skips where Spark cannot run, and says why; in CI it can."""
    try:
        importlib.import_module("pyspark")
        java_home()
    except (ImportError, TieoutError) as error:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def comparison() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "compare_marts", Path(__file__).parents[1] / "compare_marts.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def manifest(small_warehouse: Settings) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((small_warehouse.target / "manifest.json").read_text())
    return said


def beside(small: Settings, folder: Path, manifest: dict[str, Any], chosen: list[str]) -> Settings:
    """A warehouse with the small company's log. Its Parquet holds what the chosen nodes read, and of
    models those that are not chosen themselves, as DuckDB built them."""
    folder.mkdir(parents=True)
    for path in (small.raw, small.history):
        shutil.copyfile(path, folder / path.name)
    settings = replace(small, output=folder, spark=Spark(folder / "lake"))
    settings.prepare()
    log = export(settings, folder / "lake")
    nodes = manifest["nodes"]
    ids = {id_ for id_, node in nodes.items() if node["name"] in chosen}
    read = {name for id_ in ids for name in nodes[id_]["depends_on"].get("nodes", [])} - ids
    landed = {
        (source["schema"], source["identifier"])
        for name, source in manifest["sources"].items()
        if name in read
    }
    for path in log.glob("raw_*/*"):
        if (path.parent.name, path.name) not in landed:
            shutil.rmtree(path)
    with duckdb.connect(str(small.build), read_only=True) as connection:
        # Views of staging read the log.
        for name, path in (("raw", small.raw), ("history", small.history)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        relations = {(nodes[name]["schema"], nodes[name]["alias"]) for name in read & nodes.keys()}
        for schema, table in sorted(relations):
            to = log / schema / table
            to.mkdir(parents=True)
            connection.execute(
                f"copy {schema}.\"{table}\" to '{to / 'part.parquet'}' (format parquet)"
            )
    return settings


def test_every_cell_of_a_sample_of_all_layers_is_what_duckdb_makes_of_it(
    small_warehouse: Settings,
    manifest: dict[str, Any],
    comparison: ModuleType,
    tmp_path: Path,
) -> None:
    have_spark()
    chosen = [name for names in SAMPLE.values() for name in names]
    settings = beside(small_warehouse, tmp_path / "a warehouse", manifest, chosen)
    built = build(settings, lambda *_: None, chosen)
    assert built.models + built.seeds == len(chosen) and built.models >= 60 and built.tests >= 60
    tables = frozenset(
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["name"] in chosen and node["config"]["materialized"] != "view"
    )
    found = comparison.differences(small_warehouse.build, settings.build, True, tables)
    assert list(found) == []
    assert comparison.compared(settings.build, True, tables).startswith(f"{len(tables)} tables")


def test_a_law_that_does_not_hold_stops_the_build_and_leaves_nothing_to_publish(
    small_warehouse: Settings, manifest: dict[str, Any], tmp_path: Path
) -> None:
    have_spark()
    settings = beside(small_warehouse, tmp_path / "warehouse", manifest, [LAW])
    (bridge,) = (settings.output / "lake").glob("log.*/marts/fct_bridge/part.parquet")
    wrong = bridge.with_name("wrong")
    duckdb.execute(
        "copy (select * replace (cast(from_amount + case when row_number() over () = 1 then 0.01 else 0 end"
        f" as decimal(18, 2)) as from_amount) from '{bridge}') to '{wrong}' (format parquet)"
    )
    wrong.replace(bridge)
    with pytest.raises(TieoutError, match=LAW):
        build(settings, lambda *_: None, [LAW])
    assert not settings.build.exists()


@pytest.mark.skipif(
    not os.environ.get("TIEOUT_ALL_FAULTS"), reason="`make faults` kills a build on Spark"
)
def test_a_build_that_is_killed_leaves_what_was_published_and_nothing_that_works_on(
    small_warehouse: Settings, copy_of: Callable[[Settings], Settings]
) -> None:
    have_spark()
    settings = copy_of(small_warehouse)
    before = settings.published.readlink()
    command = [
        sys.executable,
        "-m",
        "tieout",
        "build",
        "--engine",
        "spark",
        "--as-of",
        "2026-02-28",
    ]
    process = subprocess.Popen([*command, "--output", str(settings.output)])
    try:
        while not list(settings.output.glob("lake/build.*/*.db/*/*.parquet")):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.2)
        (java,) = (
            child for child in psutil.Process(process.pid).children() if child.name() == "java"
        )
        process.kill()
        process.wait()
        java.wait(timeout=60)  # else psutil raises: Spark works on without who started it
    finally:
        process.kill()
    assert settings.published.readlink() == before and not settings.build.exists()
    with pytest.raises(TieoutError, match="there is no build"):
        publish_all(settings)
    # The next build finds no lock, and takes away what was begun.
    with writing(settings.output, "build"), writing(settings.output / "lake", "build on Spark"):
        place_of_build(settings.output / "lake")
    assert not list(settings.output.glob("lake/build.*"))
