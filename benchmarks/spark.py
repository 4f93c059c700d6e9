"""What models cost on Spark beside DuckDB, each on the same inputs: seconds, memory, shuffle.

    python benchmarks/spark.py                    250,000 deliveries and as many invoice lines
    python benchmarks/spark.py --rows 8000        smaller
    python benchmarks/spark.py --output FOLDER    keeps files, warehouses and figures.json there

A company is written as benchmarks/build.py writes it, landed, and built by DuckDB. The models that
are measured are then built on Spark from what DuckDB's other models gave, and every cell must be
DuckDB's; the run stops where one is not. Seconds are dbt's of each model, planning and writing among
them. Tasks, shuffle, spilling and memory (the most that one task's joins, groups and sorts held) are
Spark's own, from its event log.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from benchmarks.beside import beside, compare_marts, manifest_of, relation_of
from benchmarks.build import POSITION, land_files, run_dbt, sizes_of, write_company

from tieout.settings import Settings
from tieout.spark import adapter
from tieout.spark.engine import engine
from tieout.warehouse.build import FAILED, dbt

MODELS = (
    "cnf_deliveries", "cnf_invoice_lines", "int_record_job_links", "int_document_lines",
    "int_delivery_values", "int_invoice_values", "int_applied_cash_values",
    "int_stage_events", "int_stage_values", "int_answered_work", "int_contracted_to_delivered",
    "int_delivered_to_invoiced", "int_settlements", "fct_stage_events", "fct_quote_to_cash",
    "fct_receivables", "fct_bridge", "fct_job_margin", "ctl_delivered_not_invoiced", "ctl_quantity_variance",
)  # fmt: skip
"""One or two of each kind that grows with deliveries and invoice lines."""
NODE = re.compile(r'"node_id": "\w+\.\w+\.(\w+)"')
MEBIBYTE = 2**20


@dataclass
class Cost:
    """What a model's tasks took."""

    tasks: int = 0
    task_seconds: float = 0.0
    shuffled: int = 0
    spilled: int = 0
    memory: int = 0


@contextmanager
def logged(folder: Path) -> Iterator[None]:
    """Meanwhile Spark keeps its event log, and each job bears the name of the model that it is for."""
    folder.mkdir(parents=True)
    (folder / "spark-defaults.conf").write_text(
        f"spark.eventLog.enabled true\nspark.eventLog.dir {folder.resolve().as_uri()}\n"
        "spark.eventLog.rolling.enabled false\nspark.eventLog.compress false\n"
    )
    before, os.environ["SPARK_CONF_DIR"] = os.environ.get("SPARK_CONF_DIR"), str(folder)
    plain = adapter.executed

    def named(session: Any, sql: str) -> Any:
        if found := NODE.search(sql[:1000]):
            session.sparkContext.setJobDescription(found[1])
        return plain(session, sql)

    adapter.executed = named
    try:
        yield
    finally:
        adapter.executed = plain
        del os.environ["SPARK_CONF_DIR"]
        if before is not None:
            os.environ["SPARK_CONF_DIR"] = before


def costs(folder: Path) -> dict[str, Cost]:
    """What each model's tasks took, from the event log."""
    (log,) = (path for path in folder.iterdir() if path.suffix != ".conf")
    found: dict[str, Cost] = defaultdict(Cost)
    model_of: dict[int, str] = {}
    with log.open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            if event["Event"] == "SparkListenerJobStart":
                name = event.get("Properties", {}).get("spark.job.description")
                model_of |= {stage: name for stage in event["Stage IDs"] if name}
            elif event["Event"] == "SparkListenerTaskEnd" and event["Stage ID"] in model_of:
                cost, took = found[model_of[event["Stage ID"]]], event.get("Task Metrics") or {}
                cost.tasks += 1
                cost.task_seconds += took.get("Executor Run Time", 0) / 1000
                cost.shuffled += took.get("Shuffle Write Metrics", {}).get(
                    "Shuffle Bytes Written", 0
                )
                cost.spilled += took.get("Disk Bytes Spilled", 0)
                cost.memory = max(cost.memory, took.get("Peak Execution Memory", 0))
    return found


def on_spark(built: Settings, folder: Path) -> dict[str, float]:
    """Builds the models; seconds of each."""
    settings = beside(built, folder, MODELS)
    if settings.spark is None:
        raise ValueError("no lake")
    with engine(settings, settings.spark, lambda: None):
        answer = dbt(settings, ["run", "--select", *MODELS])
        results: list[Any] = list(getattr(answer.result, "results", None) or [])
        failed = [f"{one.node.name}: {one.message}" for one in results if str(one.status) in FAILED]
        if answer.exception or failed:
            raise SystemExit("\n".join(failed) or str(answer.exception))
    compare(built, settings)
    return {one.node.name: one.execution_time for one in results}


def compare(built: Settings, settings: Settings) -> None:
    """Stops where a cell differs."""
    nodes = manifest_of(built)["nodes"].values()
    tables = frozenset(relation_of(node) for node in nodes if node["name"] in MODELS)
    comparison = compare_marts()
    if found := list(comparison.differences(built.build, settings.build, True, tables)):
        raise SystemExit("the two engines do not agree:\n" + "\n".join(found))
    print(comparison.compared(settings.build, True, tables), file=sys.stderr)


def rows_of(built: Settings) -> dict[str, int]:
    """How many rows each model has."""
    with duckdb.connect(str(built.build), read_only=True) as con:
        for name in ("raw", "history"):
            con.execute(f"attach '{built.output / name}.duckdb' as {name} (read_only)")
        return {
            node["name"]: con.execute(f"select count(*) from {relation_of(node)}").fetchall()[0][0]
            for node in manifest_of(built)["nodes"].values()
            if node["name"] in MODELS and node["resource_type"] == "model"
        }


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, default=250_000, help="deliveries, and as many invoice lines"
    )
    parser.add_argument(
        "--output", type=Path, help="keep everything in this folder, which must be new"
    )
    arguments = parser.parse_args()
    if arguments.rows < 8_000:
        parser.error("--rows: 8,000 is the least that makes a company")
    with tempfile.TemporaryDirectory(prefix="tieout-spark-") as made:
        folder = (arguments.output or Path(made) / "bench").resolve()
        folder.mkdir(parents=True)
        _, rows = sizes_of(arguments.rows)
        write_company(folder / "files", rows)
        built = Settings(output=folder / "duckdb", as_of=POSITION)
        land_files(folder / "files" / "first", built.output)
        here = run_dbt("build", built.output)
        with logged(folder / "events"):
            there = on_spark(replace(built), folder / "spark")
        report(rows, here, there, costs(folder / "events"), rows_of(built))
        (folder / "figures.json").write_text(json.dumps({"duckdb": here, "spark": there}))


def report(
    rows: int,
    here: dict[str, float],
    there: dict[str, float],
    found: dict[str, Cost],
    counts: dict[str, int],
) -> None:
    """Prints the figures as they stand in README.md."""
    print(f"\n{rows:,} deliveries\n")
    print(
        "| model | rows | DuckDB, s | Spark, s | tasks, s | shuffle, MiB | a task's memory, MiB | spilled, MiB |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name in MODELS:
        cost = found.get(name, Cost())
        print(
            f"| `{name}` | {counts[name]:,} | {here[name]:.2f} | {there[name]:.1f} | {cost.task_seconds:.1f}"
            f" | {cost.shuffled / MEBIBYTE:.1f} | {cost.memory / MEBIBYTE:.0f} | {cost.spilled / MEBIBYTE:.0f} |"
        )
    print(
        f"\nall {len(MODELS)}: {sum(here[name] for name in MODELS):.1f} s with DuckDB,"
        f" {sum(there[name] for name in MODELS):.1f} s on Spark"
    )


if __name__ == "__main__":
    main()
