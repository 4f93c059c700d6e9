"""How long matching and the bridge take beside one plain aggregate by job, how they grow, and what
a crowd does.

    python benchmarks/bridge.py                              1,000,000 jobs and a quarter of them
    python benchmarks/bridge.py --jobs 100000 --only even    one size, to see which model is slow
    python benchmarks/bridge.py --output bridge_bench        keeps the files, dbt's artefacts and figures.jsonl there

A job has a deal line, five deliveries, three invoice lines, their cash and their postings. A
company of 1,000 jobs (bridge_company.sql) is landed and built by the product itself; then every
table that matching reads is written as many times as it takes, each copy with keys of its own. So
what is measured is what `dbt run` does with the models of intermediate/matching and the bridge, on
records that the product valued. `bridge_by_hand.sql` reads the same events.

Shapes: `even`; `customer`, where one customer has 100,000 of the invoice lines; `job`, where one
job and product has them, and 170,000 deliveries. After each run every gap must close to the cent at
every job, or the run stops.

Each measurement has a process of its own. Its seconds leave out the start of Python and dbt's
parsing; its memory is the most that it held (sampled). Ratios are of elapsed time and, in brackets,
of CPU time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import build as whole_build
import duckdb

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import FAILED, dbt

HERE = Path(__file__).parent
BASE_JOBS = 1000
POSITION = date(2026, 6, 30)
THREADS = 2
# Copies that make up one customer or one job: 34 of 1,000 jobs are 102,000 invoice lines and
# 170,000 deliveries.
CROWDED = 34
SELECTED = ("path:models/intermediate/matching", "fct_bridge", "fct_bridge_monthly")
# What of a table names something of its own company; products and people are shared.
SHARED = (
    "load_id",
    "product_key",
    "person_key",
    "owner_key",
    "person_id",
    "manager_id",
    "product_id",
)
# What the crowded copies have in common, and the tables of which one row is then enough.
IN_COMMON: dict[str, tuple[str, ...]] = {
    "even": (),
    "customer": ("customer_key",),
    "job": ("customer_key", "job_key", "contract_key", "deal_key", "product_key"),
}
ONCE = {"int_job_terms": "job_key", "int_jobs": "job_key", "dim_contract": "contract_key"}


def base(output: Path) -> None:
    """Lands and builds the company that is multiplied."""
    source = output / "files"
    with duckdb.connect() as con:
        con.execute(f"set variable jobs = {BASE_JOBS}")
        con.execute((HERE / "bridge_company.sql").read_text())
        (source / "bench").mkdir(parents=True, exist_ok=True)
        for (name,) in con.execute(
            "select view_name from duckdb_views() where not internal"
        ).fetchall():
            con.execute(f"copy (from {name}) to '{source / 'bench' / name}.parquet'")
    settings = Settings(output=output, imports=source, as_of=POSITION)
    settings.prepare()
    for landed in land(["imports"], source, source / ".dlt", output):
        if landed.error:
            raise landed.error
    _run(settings, ["seed"])
    _run(settings, ["run", "--select", "+fct_bridge", "+fct_bridge_monthly"])


def multiplied(start: Path, output: Path, jobs: int, shape: str) -> None:
    """Writes every table that the measured models read once more per thousand jobs, into a built
    file of its own."""
    manifest = json.loads((start / "dbt" / "manifest.json").read_text())
    nodes, parents = manifest["nodes"], manifest["parent_map"]
    measured = {key for key in nodes if _is_measured(nodes[key])}
    read = {parent for key in measured for parent in parents[key] if parent not in measured}
    output.mkdir(parents=True, exist_ok=True)
    (output / "build.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(output / "build.duckdb"), config={"threads": THREADS}) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(f"attach '{start / 'build.duckdb'}' as start (read_only)")
        con.execute(
            f"create table copies as select k, k < {CROWDED} and '{shape}' <> 'even' as is_crowded"
            f" from range({jobs // BASE_JOBS}) as n (k)"
        )
        for key in sorted(read):
            schema, table = nodes[key]["schema"], nodes[key]["alias"]
            con.execute(f"create schema if not exists {schema}")
            columns = con.execute(f"describe start.{schema}.{table}").fetchall()
            is_whole = nodes[key]["resource_type"] == "seed" or table == "int_source_systems"
            chosen = (
                "*"
                if is_whole
                else ", ".join(_column(name, kind, shape) for name, kind, *_ in columns)
            )
            times = "" if is_whole else ", copies"
            con.execute(
                f"create table {schema}.{table} as select {chosen} from start.{schema}.{table} as t{times}"
            )
            if (key_column := ONCE.get(table)) in IN_COMMON[shape]:
                crowd, name = (
                    f"{schema}.{table} where {key_column} = 'crowd'",
                    key_column.replace("_key", "_id"),
                )
                con.execute(f"delete from {crowd} and {name} <> (select min({name}) from {crowd})")
        con.execute("drop table copies")
        for schema in {nodes[key]["schema"] for key in measured}:
            con.execute(f"create schema if not exists {schema}")
    for name in ("raw.duckdb", "history.duckdb"):
        (output / name).unlink(missing_ok=True)
        (output / name).symlink_to((start / name).resolve())


def _is_measured(node: dict[str, Any]) -> bool:
    return node["resource_type"] == "model" and (
        node["path"].startswith("intermediate/matching") or node["name"] in SELECTED
    )


def _column(name: str, kind: str, shape: str) -> str:
    """A column of a copy: names of the company's own things carry the copy's number, or are what
    its crowd has."""
    is_own = (
        kind == "VARCHAR"
        and name.endswith(("_key", "_id", "_ref", "_number"))
        and name not in SHARED
    )
    own = (
        f"case when {name} <> 'unknown' then {name} || '-' || k else {name} end" if is_own else name
    )
    if name in IN_COMMON[shape]:
        own = f"case when is_crowded and {name} <> 'unknown' then 'crowd' else {own} end"
    return own if own == name else f"{own} as {name}"


def bridge(output: Path) -> dict[str, float]:
    """Runs the measured models; the seconds of each."""
    return _run(Settings(output=output, as_of=POSITION), ["run", "--select", *SELECTED])


def by_hand(output: Path) -> dict[str, float]:
    """Runs the script over the same events."""
    (output / "by_hand.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(output / "by_hand.duckdb"), config={"threads": THREADS}) as con:
        con.execute(f"attach '{output / 'build.duckdb'}' as built (read_only)")
        con.execute((HERE / "bridge_by_hand.sql").read_text())
    return {}


def parse(output: Path) -> dict[str, float]:
    """Parses the project, so that no measurement does."""
    return _run(Settings(output=output, as_of=POSITION), ["parse"])


STEPS = {"bridge": bridge, "by_hand": by_hand, "parse": parse}


def _run(settings: Settings, command: list[str]) -> dict[str, float]:
    settings.prepare()
    answer = dbt(settings, command)
    results: list[Any] = list(getattr(answer.result, "results", None) or [])
    failed = [f"{one.node.name}: {one.message}" for one in results if str(one.status) in FAILED]
    if answer.exception or failed:
        raise SystemExit(f"dbt {command[0]}: {answer.exception or ''} " + "\n".join(failed))
    return {one.node.name: one.execution_time for one in results}


def measure(step: str, output: Path) -> dict[str, Any]:
    """Runs one step in a process of its own and watches its memory."""
    print(f"  {step} …", end="", file=sys.stderr, flush=True)
    answer, log = output / "answer.json", output / f"{step}.log"
    command = [sys.executable, str(Path(__file__)), "--measure", step, str(output), str(answer)]
    with log.open("w") as told:
        child = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, whole_build._resident(child.pid))
            time.sleep(0.1)
    if child.returncode:
        raise SystemExit(f"{step} failed:\n{log.read_text()[-3000:]}")
    cost: dict[str, Any] = json.loads(answer.read_text()) | {"mebibytes": peak}
    print(
        f" {cost['seconds']:.1f} s, {cost['cpu']:.1f} s of CPU, {peak:.0f} MiB",
        file=sys.stderr,
        flush=True,
    )
    with (output.parent / "figures.jsonl").open("a") as kept:
        kept.write(json.dumps({"output": output.name, "step": step} | cost) + "\n")
    return cost


def measured(step: str, output: Path) -> dict[str, Any]:
    """The step, in this process."""
    if step == "bridge":
        parse(output)
    before, started = time.process_time(), time.monotonic()
    models = STEPS[step](output)
    return {
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - before,
        "models": models,
    }


def check(output: Path) -> int:
    """Holds the bridge against the aggregates: every gap of every job closes. Gives the number of
    pieces."""
    with duckdb.connect(str(output / "by_hand.duckdb"), config={"threads": THREADS}) as con:
        con.execute(f"attach '{output / 'build.duckdb'}' as built (read_only)")
        wrong = con.execute(
            """
            with gaps as (
                select job_key, gap, sum(difference_amount) as amount from built.marts.fct_bridge group by job_key, gap
            ),
            by_job as (
                unpivot bridge_by_job on booked_to_contracted, contracted_to_delivered, delivered_to_invoiced,
                    delivered_to_recognised, invoiced_to_cash into name gap value amount
            )
            select count(*) from by_job full join gaps using (job_key, gap)
            where coalesce(by_job.amount, 0) <> coalesce(gaps.amount, 0)
            """
        ).fetchall()[0][0]
        pieces = con.execute("select count(*) from built.marts.fct_bridge").fetchall()[0][0]
    if wrong:
        raise SystemExit(f"{output.name}: {wrong} gaps of jobs do not close")
    return int(pieces)


def case(folder: Path, jobs: int, shape: str) -> dict[str, Any]:
    """Writes, measures and checks one size and shape."""
    print(f"{jobs:,} jobs, {shape}", file=sys.stderr, flush=True)
    output = folder / f"{shape}_{jobs}"
    multiplied(folder / "base", output, jobs, shape)
    measure("parse", output)
    found = {
        "jobs": jobs,
        "shape": shape,
        "by_hand": measure("by_hand", output),
        "bridge": measure("bridge", output),
    }
    found["pieces"] = check(output)
    for name, seconds in sorted(found["bridge"]["models"].items(), key=lambda one: -one[1])[:8]:
        print(f"      {seconds:7.1f} s  {name}", file=sys.stderr, flush=True)
    return found


def report(found: list[dict[str, Any]]) -> None:
    """Prints the figures as they stand in README.md."""
    print("| jobs | shape | pieces | script s (CPU) | bridge s (CPU) | ratio (CPU) | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for one in found:
        hand, ours = one["by_hand"], one["bridge"]
        print(
            f"| {one['jobs']:,} | {one['shape']} | {one['pieces']:,} | {hand['seconds']:.1f} ({hand['cpu']:.1f})"
            f" | {ours['seconds']:.1f} ({ours['cpu']:.1f})"
            f" | {ours['seconds'] / hand['seconds']:.1f} ({ours['cpu'] / hand['cpu']:.1f}) | {ours['mebibytes']:.0f} |"
        )


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--jobs", type=int, default=1_000_000, help="a multiple of 4,000; with --only, of 1,000"
    )
    parser.add_argument(
        "--only",
        choices=("even", "customer", "job"),
        help="this shape alone, and only the one size",
    )
    parser.add_argument("--output", type=Path, help="keep everything here")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        step, output, answer = arguments.measure
        Path(answer).write_text(json.dumps(measured(step, Path(output))))
        return
    whole = BASE_JOBS if arguments.only else 4 * BASE_JOBS
    if arguments.jobs < whole or arguments.jobs % whole:
        parser.error(f"--jobs: {arguments.jobs:,} is no multiple of {whole:,}")
    with tempfile.TemporaryDirectory(prefix="tieout-bridge-") as made:
        folder = arguments.output or Path(made)
        if not (folder / "base" / "build.duckdb").exists():
            base(folder / "base")
        if arguments.only:
            report([case(folder, arguments.jobs, arguments.only)])
            return
        quarter = arguments.jobs // 4
        shapes = [
            (quarter, "even"),
            (quarter, "customer"),
            (quarter, "job"),
            (arguments.jobs, "even"),
        ]
        report([case(folder, jobs, shape) for jobs, shape in shapes])


if __name__ == "__main__":
    main()
