"""How long the build takes beside one hand-written DuckDB script of the same marts, in the same
run.

    python benchmarks/build.py                       1,000,000 deliveries and as many invoice lines, and a quarter of it
    python benchmarks/build.py --rows 100000         smaller; about five minutes
    python benchmarks/build.py --output build_bench  keeps files, warehouses, dbt's artefacts and figures.jsonl there

A company is written as parquet files of the input layer (build_company.sql), a quarter of it first.
Each size is landed through `imports`, built by dbt (seeds and models; data tests once, of the full
size), and computed by build_by_hand.sql from the same files. The two must agree to the cent: the
events and every amount of every stage, the balances, the receivables; the run stops where they do
not. Then a thousandth of deliveries and invoice lines changes, is landed and built. Each
measurement has a process of its own. Its seconds leave out the start of Python and dbt's parsing;
its memory is the most that it and its children held together (sampled; elsewhere than on Linux its
own peak). Ratios are of elapsed time and, in brackets, of CPU time, which says more on a machine
that has other work.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import FAILED, dbt

HERE = Path(__file__).parent
SYSTEM = "bench"
POSITION = date(2026, 6, 30)
THREADS = 2
ROWS_OF_JOB = 40
"""Deliveries, and invoice lines, of each job (build_company.sql)."""
# A model that grows by more than its rows and this is told: the rest is the clock's and the
# caches'.
STEEP = 1.25
MARTS = ("fct_stage_events", "fct_quote_to_cash", "fct_quote_to_cash_monthly", "fct_receivables")
CHANGES = {
    "deliveries": (
        "cast(quantity + 1 as decimal(18, 6)) as quantity, updated_at + interval 1 year as updated_at",
        "delivery_id",
    ),
    "invoice_lines": ("cast(net_amount + 1 as decimal(18, 2)) as net_amount", "invoice_line_id"),
}
BALANCES = ("booked", "delivered", "invoiced", "credited", "cash")
TOTALS = (
    "select stage, count(*), sum(document_amount), sum(tax_amount), sum(reporting_amount)"
    " from {}fct_stage_events group by stage",
    "select 'job and product', count(*), "
    + ", ".join(
        f"sum({name}_amount)" for name in (*BALANCES, "backlog", "unbilled", "billed_ahead")
    )
    + " from {}fct_quote_to_cash",
    "select 'month', count(*), "
    + ", ".join(f"sum({name}_amount)" for name in BALANCES)
    + " from {}fct_quote_to_cash_monthly",
    "select 'receivables', count(*), sum(gross_amount), sum(applied_amount), sum(open_amount),"
    " sum(reporting_gross_amount),"
    " sum(reporting_applied_amount), sum(reporting_open_amount), sum(days_overdue) from {}fct_receivables",
)


@dataclass(frozen=True)
class Cost:
    """What one measurement took, and for dbt the seconds of each model."""

    seconds: float
    cpu: float
    mebibytes: float
    models: dict[str, float]


@dataclass(frozen=True)
class Size:
    """Everything that was measured for one number of rows."""

    rows: int
    landing: Cost
    build: Cost
    by_hand: Cost


def sizes_of(rows: int) -> tuple[int, int]:
    """A quarter of so many rows, and all of them, each of whole jobs: a job that is cut would have
    deliveries and invoice lines, and no record of its own."""
    jobs = rows // (4 * ROWS_OF_JOB)
    return jobs * ROWS_OF_JOB, 4 * jobs * ROWS_OF_JOB


def write_company(folder: Path, rows: int) -> None:
    """Writes the files, and the thousandth that changes, into `first` and `second`."""
    if rows % ROWS_OF_JOB:
        raise ValueError(f"{rows} deliveries are no whole jobs of {ROWS_OF_JOB}")
    with duckdb.connect() as con:
        con.execute(f"set variable rows = {rows}")
        con.execute((HERE / "build_company.sql").read_text())
        names = [
            name
            for (name,) in con.execute(
                "select view_name from duckdb_views() where not internal"
            ).fetchall()
        ]
        for handover in ("first", "second"):
            (folder / handover / SYSTEM).mkdir(parents=True, exist_ok=True)
        for name in names:
            con.execute(f"copy (from {name}) to '{folder / 'first' / SYSTEM / name}.parquet'")
        for name, (change, key) in CHANGES.items():
            con.execute(
                f"copy (select * replace ({change}) from {name} where right({key}, 3) = '000')"
                f" to '{folder / 'second' / SYSTEM / name}.parquet'"
            )


def land_files(source: Path, output: Path) -> None:
    """Lands a folder of import folders."""
    settings = Settings(output=output, imports=source)
    settings.prepare()
    for landed in land(["imports"], source, source / ".dlt", output):
        if landed.error:
            raise landed.error


def run_dbt(what: str, output: Path) -> dict[str, float]:
    """Parses the project, builds seeds and models, or runs the data tests; seconds by node."""
    settings = Settings(output=output, as_of=POSITION)
    commands = {
        "parse": [["parse"]],
        "build": [["seed"], ["run"]],
        "test": [["test", "--exclude-resource-type", "unit_test"]],
    }
    seconds: dict[str, float] = {}
    for command in commands[what]:
        answer = dbt(settings, command)
        if answer.exception:
            raise SystemExit(f"dbt {command[0]}: {answer.exception}")
        results: list[Any] = list(getattr(answer.result, "results", None) or [])
        failed = [
            f"{result.node.name}: {result.message}"
            for result in results
            if str(result.status) in FAILED
        ]
        if failed:
            raise SystemExit(f"dbt {command[0]}: " + "\n".join(failed))
        seconds |= {result.node.name: result.execution_time for result in results}
    return seconds


def compute_by_hand(source: Path, output: Path) -> None:
    """Runs the script over the files."""
    output.mkdir(parents=True, exist_ok=True)
    (output / "by_hand.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(output / "by_hand.duckdb"), config={"threads": THREADS}) as con:
        for file in sorted(source.glob("*/*.parquet")):
            con.execute(f"create view {file.stem} as from '{file}'")
        con.execute((HERE / "build_by_hand.sql").read_text())


STEPS: dict[str, Callable[[Path, Path], dict[str, float] | None]] = {
    "land": land_files,
    "parse": lambda _, output: run_dbt("parse", output),
    "build": lambda _, output: run_dbt("build", output),
    "test": lambda _, output: run_dbt("test", output),
    "by_hand": compute_by_hand,
}


def measure(step: str, source: Path, output: Path) -> Cost:
    """Runs one step in a process of its own and watches its memory."""
    print(f"  {step} …", end="", file=sys.stderr, flush=True)
    answer = output.parent / "answer.json"
    answer.unlink(missing_ok=True)
    command = [
        sys.executable,
        str(Path(__file__)),
        "--measure",
        step,
        str(source),
        str(output),
        str(answer),
    ]
    log = output.parent / f"{step}.log"
    with log.open("w") as told:
        child = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, _resident(child.pid))
            time.sleep(0.1)
    if child.returncode:
        raise SystemExit(f"{step} failed:\n{log.read_text()[-3000:]}")
    told_cost = json.loads(answer.read_text())
    cost = Cost(
        told_cost["seconds"],
        told_cost["cpu"],
        max(peak, told_cost["mebibytes"]),
        told_cost["models"],
    )
    with (output.parent / "figures.jsonl").open("a") as kept:
        kept.write(
            json.dumps(
                {"output": output.name, "step": step} | told_cost | {"mebibytes": cost.mebibytes}
            )
            + "\n"
        )
    print(
        f" {cost.seconds:.1f} s, {cost.cpu:.1f} s of CPU, {cost.mebibytes:.0f} MiB",
        file=sys.stderr,
        flush=True,
    )
    return cost


def _resident(pid: int) -> float:
    """Mebibytes that a process and everything below it hold now; 0 without /proc, or when it has
    ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20 + sum(map(_resident, children))


def measured(step: str, source: Path, output: Path) -> dict[str, Any]:
    """The step, in this process."""
    before, started = time.process_time(), time.monotonic()
    models = STEPS[step](source, output) or {}
    seconds, cpu = time.monotonic() - started, time.process_time() - before
    # Kibibytes on Linux, bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "seconds": seconds,
        "cpu": cpu,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        "models": models,
    }


def totals(file: Path, schema: str) -> list[tuple[Any, ...]]:
    """What the marts add up to."""
    with duckdb.connect(str(file), read_only=True) as con:
        return sorted(
            (row for sql in TOTALS for row in con.execute(sql.format(schema)).fetchall()), key=str
        )


def compare(output: Path) -> list[tuple[Any, ...]]:
    """Stops where the models and the script do not agree to the cent."""
    built, by_hand = (
        totals(output / "build.duckdb", "marts."),
        totals(output / "by_hand.duckdb", ""),
    )
    if built != by_hand:
        different = [f"  models {row}" for row in built if row not in by_hand] + [
            f"  script {row}" for row in by_hand if row not in built
        ]
        raise SystemExit("the two do not agree:\n" + "\n".join(different))
    return built


def needed_for_marts(output: Path) -> set[str]:
    """The models that the four marts are made of."""
    manifest = json.loads((output / "dbt" / "manifest.json").read_text())
    parents: dict[str, list[str]] = manifest["parent_map"]
    found: set[str] = set()
    waiting = [f"model.tieout.{mart}" for mart in MARTS]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += parents.get(node, [])
    return {node.split(".")[-1] for node in found}


def measure_size(rows: int, folder: Path) -> Size:
    """Writes, lands, builds and computes one size, and holds the two results against each other."""
    print(f"{rows:,} rows", file=sys.stderr, flush=True)
    source, output = folder / f"files_{rows}", folder / f"warehouse_{rows}"
    write_company(source, rows)
    landing = measure("land", source / "first", output)
    measure("parse", source, output)
    build = measure("build", source / "first", output)
    by_hand = measure("by_hand", source / "first", output)
    for row in compare(output):
        print(
            f"    {row[0]:16} {row[1]:>12,}  " + "  ".join(f"{amount:,}" for amount in row[2:]),
            file=sys.stderr,
        )
    return Size(rows, landing, build, by_hand)


def ratio(one: Cost, other: Cost) -> str:
    """Of elapsed time, and of CPU time."""
    return f"{one.seconds / other.seconds:.2f} ({one.cpu / other.cpu:.2f})"


def report(
    sizes: tuple[Size, Size], second: tuple[Cost, Cost], tests: Cost, needed: set[str]
) -> None:
    """Prints the figures as they stand in README.md."""
    small, large = sizes
    factor = large.rows / small.rows
    print(f"\n| | {small.rows:,} rows | {large.rows:,} rows | growth |\n|---|---|---|---|")
    for name in ("landing", "build", "by_hand"):
        one, other = getattr(small, name), getattr(large, name)
        print(
            f"| {name}, seconds | {one.seconds:.1f} | {other.seconds:.1f} | {ratio(other, one)} |"
        )
        print(f"| {name}, peak MiB | {one.mebibytes:.0f} | {other.mebibytes:.0f} | |")
    print(
        "| build ÷ script | "
        + " | ".join(ratio(size.build, size.by_hand) for size in sizes)
        + " | |"
    )
    shares = [
        sum(size.build.models.get(name, 0) for name in needed) / size.by_hand.seconds
        for size in sizes
    ]
    print(
        "| models of the four marts alone ÷ script | "
        + " | ".join(f"{share:.2f}" for share in shares)
        + " | |"
    )
    print(
        f"\ndata tests: {tests.seconds:.1f} s, {ratio(tests, large.build)} of the build, peak {tests.mebibytes:.0f} MiB"
    )
    for name, again, first in (
        ("landing", second[0], large.landing),
        ("build", second[1], large.build),
    ):
        print(
            f"{name} after 0.1 % changed: {again.seconds:.1f} s, {ratio(again, first)} of the first"
        )
    print("\n| slowest models | seconds | share | growth |\n|---|---|---|---|")
    models, whole = large.build.models, sum(large.build.models.values())
    for name, seconds in Counter(models).most_common(15):
        print(
            f"| `{name}` | {seconds:.2f} | {seconds / whole:.0%} | {seconds / small.build.models[name]:.1f} × |"
        )
    steep = [
        f"{name} {seconds / small.build.models[name]:.1f} ×"
        for name, seconds in models.items()
        if seconds > 0.5 and seconds / small.build.models[name] > factor * STEEP
    ]
    print(
        f"\ngrew more than {factor * STEEP:.0f} × for {factor:.0f} × the rows:",
        ", ".join(steep) or "no model",
    )


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows",
        type=int,
        default=1_000_000,
        help="deliveries, and as many invoice lines; rounded down to whole jobs",
    )
    parser.add_argument(
        "--output", type=Path, help="keep everything in this folder, which must be new or empty"
    )
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        step, source, output, answer = arguments.measure
        Path(answer).write_text(json.dumps(measured(step, Path(source), Path(output))))
        return
    if arguments.rows < 8_000:
        parser.error("--rows: 8,000 is the least that makes a company")
    if arguments.output and arguments.output.exists() and any(arguments.output.iterdir()):
        parser.error(f"--output: {arguments.output} is not empty")
    with tempfile.TemporaryDirectory(prefix="tieout-build-") as made:
        folder = (arguments.output or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        quarter, rows = sizes_of(arguments.rows)
        small = measure_size(quarter, folder)
        large = measure_size(rows, folder)
        source, output = folder / f"files_{rows}", folder / f"warehouse_{rows}"
        print("a thousandth changed", file=sys.stderr, flush=True)
        second = measure("land", source / "second", output), measure("build", source, output)
        tests = measure("test", source, output)
        report((small, large), second, tests, needed_for_marts(output))


if __name__ == "__main__":
    main()
