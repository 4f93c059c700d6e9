"""How fast landing is beside DuckDB alone, on the same files in the same run.

    python benchmarks/landing.py                      1,000,000 deliveries and as many invoice lines, three rounds
    python benchmarks/landing.py --rows 100000 --rounds 1 --paths parquet,csv

For each path (parquet, csv, postgres) DuckDB reads both tables into a database file (`create table as select`), and
`land` lands them into a new log with every check. Then 0.1 % of the records change and are landed again. Each measurement
has a process of its own, which reports its seconds, without the start of Python, and its peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb

ROOT = Path(__file__).parent.parent
SYSTEM = "bench"
# Every column of the input layer that such a record would have; about 150 bytes a record as CSV.
TABLES: Mapping[str, str] = {
    "deliveries": """
        select
            'D' || lpad(i::varchar, 9, '0') as delivery_id, 'J' || lpad((i // 40)::varchar, 7, '0') as job_id,
            'WO-' || lpad((i // 5)::varchar, 7, '0') as work_order_id, 'P' || (i % 200) as product_id,
            'E' || (i % 800) as person_id, ['time', 'material', 'expense'][i % 3 + 1] as delivery_type,
            'phase ' || (i % 7) as phase, 'approved' as status, i % 11 <> 0 as billable,
            date '2025-01-01' + (i % 540)::integer as delivered_on, date '2025-01-03' + (i % 540)::integer as approved_on,
            null::date as accepted_on, null::date as period_starts_on, null::date as period_ends_on,
            ((i % 977 + 1) / 8)::decimal(18, 6) as quantity, 'hour' as unit,
            ((i % 3331) / 7)::decimal(18, 6) as unit_price, null::decimal(18, 2) as value_amount,
            timestamp '2025-01-01' + to_seconds(i % 40000000) as updated_at
        from range({first}, {last}) as numbers (i)""",
    "invoice_lines": """
        select
            'L' || lpad(i::varchar, 9, '0') as invoice_line_id, 'I' || lpad((i // 8)::varchar, 8, '0') as invoice_id,
            i % 8 + 1 as line_number, 'SKU-' || (i % 200) as product_code,
            'Engineer on site, day ' || (i % 540) as description, ((i % 977 + 1) / 8)::decimal(18, 6) as quantity,
            ((i % 3331) / 7)::decimal(18, 6) as unit_price, null::decimal(18, 2) as discount_amount,
            ((i % 99991) / 100)::decimal(18, 2) as net_amount, 'STD' as tax_code,
            ((i % 99991) / 500)::decimal(18, 2) as tax_amount, '4000' as account_code,
            'JOB-' || lpad((i // 40)::varchar, 6, '0') as job_ref, 'WO-' || lpad((i // 5)::varchar, 7, '0') as work_order_ref,
            'D' || lpad(i::varchar, 9, '0') as delivery_id, null::date as period_starts_on, null::date as period_ends_on
        from range({first}, {last}) as numbers (i)""",
}
CHANGES = {"deliveries": "quantity = quantity + 1", "invoice_lines": "net_amount = net_amount + 1"}


def write_files(folder: Path, path: str, rows: int) -> None:
    """The first handover: all records."""
    for name, sql in TABLES.items():
        _write(folder / path / "first" / SYSTEM / f"{name}.{path}", sql.format(first=0, last=rows))


def write_changes(folder: Path, path: str, rows: int) -> None:
    """The second: the records of a thousandth, changed. Files are deltas."""
    for name, sql in TABLES.items():
        column, value = CHANGES[name].split(" = ")
        picked = f"select * replace (cast({value} as decimal(18, 2)) as {column}) from ({sql.format(first=0, last=rows)})"
        if name == "deliveries":
            picked = picked.replace("decimal(18, 2)) as", "decimal(18, 6)) as").replace(
                "replace (", "replace (updated_at + interval 1 year as updated_at, "
            )
        _write(folder / path / "second" / SYSTEM / f"{name}.{path}", f"{picked} where hash({name[0]}) % 1000 = 0".replace(
            f"hash({name[0]})", "hash(delivery_id)"
        ))


def _write(target: Path, sql: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"copy ({sql}) to '{target}'")


def measure(what: str, source: Path, output: Path) -> dict[str, float]:
    """Runs one measurement in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--measure", what, str(source), str(output)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=None)  # noqa: S603
    if run.returncode:
        raise SystemExit(run.stderr)
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def measured(what: str, source: Path, output: Path) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory of one reading, in this process."""
    sys.path.insert(0, str(ROOT))
    from pipelines.land import land  # noqa: PLC0415 - DuckDB's own reading must not carry our imports in its memory

    before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    if what == "duckdb":
        output.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(output / "alone.duckdb")) as con:
            for file in sorted(source.rglob("*.*")):
                con.execute(f"create table {file.stem} as from '{file}'")
    else:
        for landed in land(["imports"], source, source / ".dlt", output):
            if landed.error:
                raise landed.error
            print(landed.entities, file=sys.stderr)
    after, seconds = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - started
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "mebibytes": after.ru_maxrss / 1024}


def compare(folder: Path, path: str, rows: int, rounds: int) -> None:
    """Prints one line: the ratio of rates, the second run's share of the first, peak memory."""
    write_files(folder, path, rows)
    write_changes(folder, path, rows)
    results: dict[str, list[dict[str, float]]] = {"duckdb": [], "first": [], "second": []}
    for _ in range(rounds):
        output = folder / "output"
        shutil.rmtree(output, ignore_errors=True)
        results["duckdb"].append(measure("duckdb", folder / path / "first", output / "alone"))
        results["first"].append(measure("land", folder / path / "first", output))
        results["second"].append(measure("land", folder / path / "second", output))
    median = {
        name: {key: statistics.median(result[key] for result in found) for key in found[0]}
        for name, found in results.items()
    }
    alone, first, second = (median[name]["seconds"] for name in results)
    print(
        f"{path:10} duckdb {alone:6.2f} s  landing {first:6.2f} s  ratio {alone / first:4.2f}"
        f" (of CPU time {median['duckdb']['cpu'] / median['first']['cpu']:4.2f})"
        f"  0.1 % changed {second:5.2f} s = {second / first:4.2f} of the first"
        f"  peak {max(median['first']['mebibytes'], median['second']['mebibytes']):5.0f} MiB"
    )


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--paths", default="parquet,csv")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        what, source, output = arguments.measure
        print(json.dumps(measured(what, Path(source), Path(output))))
        return
    with tempfile.TemporaryDirectory(prefix="tieout-landing-") as folder:
        for path in arguments.paths.split(","):
            compare(Path(folder), path, arguments.rows, arguments.rounds)


if __name__ == "__main__":
    main()
