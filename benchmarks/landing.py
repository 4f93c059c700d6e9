"""How fast landing is beside DuckDB alone, on the same files in the same run.

    python benchmarks/landing.py                      1,000,000 deliveries and as many invoice lines, three rounds
    python benchmarks/landing.py --rows 100000 --rounds 1 --paths parquet,csv
    python benchmarks/landing.py --postgres postgresql://user@host:5432/empty

For each path (parquet, csv, postgres) DuckDB reads both tables into a database file (`create table
as select`), and `land` lands them into a new log with every check. Then 0.1 % of the records change
and are landed again. Each measurement has a process of its own, which reports its seconds, without
the start of Python, and its peak memory.
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

sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from tieout.landing.land import land
from tieout.sources.connectors import connectors
from tieout.sources.sql.scanner import load_extension

SYSTEM = "bench"
# Every column of the input layer that such a record would have; about 150 bytes a record as CSV.
TABLES: Mapping[str, str] = {
    "deliveries": """
        select
            'D' || lpad(i::varchar, 9, '0') as delivery_id, 'J' || lpad((i // 40)::varchar, 7, '0') as job_id,
            'WO-' || lpad((i // 5)::varchar, 7, '0') as work_order_id, 'P' || (i % 200) as product_id,
            'E' || (i % 800) as person_id, ['time', 'material', 'expense'][i % 3 + 1] as delivery_type,
            'phase ' || (i % 7) as phase, 'approved' as status, i % 11 <> 0 as billable,
            date '2025-01-01' + (i % 540)::integer as delivered_on,
            date '2025-01-03' + (i % 540)::integer as approved_on,
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
            'JOB-' || lpad((i // 40)::varchar, 6, '0') as job_ref,
            'WO-' || lpad((i // 5)::varchar, 7, '0') as work_order_ref,
            'D' || lpad(i::varchar, 9, '0') as delivery_id,
            null::date as period_starts_on, null::date as period_ends_on
        from range({first}, {last}) as numbers (i)""",
}
CHANGES = {
    "deliveries": "cast(quantity + 1 as decimal(18, 6)) as quantity, updated_at + interval 1 year as updated_at",
    "invoice_lines": "cast(net_amount + 1 as decimal(18, 2)) as net_amount",
}
THOUSANDTH = "right(delivery_id, 3) = '000'"


class Files:
    """Import files of one format: all records first, then those of a thousandth, changed (files are
    deltas)."""

    systems = ("imports",)

    def __init__(self, folder: Path, suffix: str, rows: int) -> None:
        self.folder, self.suffix = folder / suffix, suffix
        for name, sql in TABLES.items():
            records = sql.format(first=0, last=rows)
            self._write("first", name, records)
            self._write(
                "second",
                name,
                f"select * replace ({CHANGES[name]}) from ({records}) where {THOUSANDTH}",
            )

    def _write(self, handover: str, name: str, sql: str) -> None:
        target = self.folder / handover / SYSTEM / f"{name}.{self.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"copy ({sql}) to '{target}'")

    def source(self, handover: str) -> str:
        """The folder of import folders."""
        return str(self.folder / handover)

    def prepare(self, handover: str) -> None:
        """Files lie there already."""


class Database:
    """Two tables of timesheets and materials in PostgreSQL, through the field_service connector."""

    systems = ("field_service",)
    tables = ("timesheets", "materials")

    def __init__(self, folder: Path, url: str, rows: int) -> None:
        self.folder, self.url, self.rows = folder / "postgres", url, rows
        self.folder.mkdir(parents=True)
        names = [
            row[0]
            for row in duckdb.sql(
                f"describe {TABLES['deliveries'].format(first=0, last=1)}"
            ).fetchall()
        ]
        columns = "".join(f"      {name}: {name}\n" for name in names if name != "delivery_type")
        mapped = "".join(
            f"  {name}:\n    from: {name}\n    columns:\n{columns}" for name in self.tables
        )
        ignored = mapped.replace("    columns:", "    ignore: [delivery_type]\n    columns:")
        (self.folder / "map.yml").write_text(
            f"version: 1\ntime_zone: UTC\noverlap_minutes: 0\ntables:\n{ignored}"
        )
        settings = f'[sources.field_service]\ndatabase_url = "{url}"\nmapping = "{self.folder / "map.yml"}"\n'
        (self.folder / "config.toml").write_text(settings)

    def source(self, handover: str) -> str:
        """The settings folder, which names the database."""
        return str(self.folder)

    def prepare(self, handover: str) -> None:
        """Fills the tables, or changes a thousandth of them."""
        with duckdb.connect() as con:
            load_extension(con, "postgres_scanner")
            con.execute(f"attach '{self.url}' as pg (type postgres)")
            for place, name in enumerate(self.tables):
                if handover == "first":
                    first = place * self.rows
                    con.execute(f"drop table if exists pg.public.{name}")
                    sql = TABLES["deliveries"].format(first=first, last=first + self.rows)
                    con.execute(f"create table pg.public.{name} as {sql}")
                    con.execute(
                        f"call postgres_execute('pg', 'alter table {name} add primary key (delivery_id),"
                        " alter updated_at set not null')"
                    )
                else:
                    change = (
                        f"update {name} set quantity = quantity + 1, updated_at = timestamp ''2030-01-01''"
                        " where right(delivery_id, 3) = ''000''"
                    )
                    con.execute(f"call postgres_execute('pg', '{change}')")


def measure(what: str, systems: tuple[str, ...], source: str, output: Path) -> dict[str, float]:
    """Runs one measurement in a process of its own."""
    command = [
        sys.executable,
        str(Path(__file__)),
        "--measure",
        what,
        ",".join(systems),
        source,
        str(output),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr)
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def measured(what: str, systems: list[str], source: Path, output: Path) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory of one reading, in this process."""
    # Importing them takes seconds, and is not measured.
    _ = [connector.source for connector in connectors().values()]
    # DuckDB imports pandas at the first parameter it is given.
    duckdb.execute("select ?", ["warm"])
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    if what == "duckdb":
        _read_alone(source, output)
    else:
        imports, config = (source, source / ".dlt") if systems == ["imports"] else (None, source)
        for landed in land(systems, imports, config, output):
            if landed.error:
                raise landed.error
    after, seconds = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - started
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "mebibytes": after.ru_maxrss / 1024}


def _read_alone(source: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(output / "alone.duckdb")) as con:
        if (source / "config.toml").exists():
            url = (source / "config.toml").read_text().split('"')[1]
            load_extension(con, "postgres_scanner")
            con.execute(f"attach '{url}' as pg (type postgres, read_only)")
            for name in Database.tables:
                con.execute(f"create table {name} as from pg.public.{name}")
        else:
            for file in sorted(source.rglob("*.*")):
                con.execute(f"create table {file.stem} as from '{file}'")


def compare(name: str, data: Files | Database, folder: Path, rounds: int) -> None:
    """Prints one line: the ratio of rates, the second run's share of the first, peak memory."""
    results: dict[str, list[dict[str, float]]] = {"duckdb": [], "first": [], "second": []}
    for _ in range(rounds):
        output = folder / "output"
        shutil.rmtree(output, ignore_errors=True)
        data.prepare("first")
        results["duckdb"].append(
            measure("duckdb", data.systems, data.source("first"), output / "alone")
        )
        results["first"].append(measure("land", data.systems, data.source("first"), output))
        data.prepare("second")
        results["second"].append(measure("land", data.systems, data.source("second"), output))
    median = {
        what: {key: statistics.median(result[key] for result in found) for key in found[0]}
        for what, found in results.items()
    }
    alone, first, second = (median[what]["seconds"] for what in results)
    print(
        f"{name:10} duckdb {alone:6.2f} s  landing {first:6.2f} s  ratio {alone / first:4.2f}"
        f" (of CPU time {median['duckdb']['cpu'] / median['first']['cpu']:4.2f})"
        f"  0.1 % changed {second:5.2f} s = {second / first:4.2f} of the first"
        f"  peak {max(median['first']['mebibytes'], median['second']['mebibytes']):5.0f} MiB",
        flush=True,
    )


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--paths", default="parquet,csv")
    parser.add_argument(
        "--postgres", metavar="URL", help="an empty database, to be filled; adds the path postgres"
    )
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        what, systems, source, output = arguments.measure
        print(json.dumps(measured(what, systems.split(","), Path(source), Path(output))))
        return
    with tempfile.TemporaryDirectory(prefix="tieout-landing-") as made:
        folder = Path(made)
        for suffix in filter(None, arguments.paths.split(",")):
            compare(suffix, Files(folder, suffix, arguments.rows), folder, arguments.rounds)
        if arguments.postgres:
            compare(
                "postgres",
                Database(folder, arguments.postgres, arguments.rows),
                folder,
                arguments.rounds,
            )


if __name__ == "__main__":
    main()
