"""How fast a large sheet of the workbook is written, beside openpyxl's write-only mode on the same
rows in one run.

    python benchmarks/workbook.py                 200,000 rows of 15 columns, two rounds
    python benchmarks/workbook.py --rows 20000 --rounds 1

Each measurement has a process of its own, which reports its seconds, without the start of Python,
and its peak memory. openpyxl writes the bare cells: without table, totals, styles beyond the number
format, or the checks of each value.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from tieout.pack.marts import Position
from tieout.pack.workbook.book import write_table
from tieout.pack.workbook.style import open_book
from tieout.pack.workbook.table import Table, day, money, text

AT = Position("benchmark", date(2026, 6, 30), date(2026, 6, 1), date(2026, 6, 30), "GBP")
COLUMNS = (
    *(
        text(name)
        for name in ("Customer", "Job", "Product", "Between", "Rule", "From stage", "From record")
    ),
    *(text(name) for name in ("To stage", "To record", "Key")),
    *(day(name) for name in ("From day", "To day")),
    *(money(name) for name in ("From amount", "To amount", "Difference")),
)
SQL = """
    select
        'Customer ' || i % 900, 'JOB-' || i // 40, 'Product ' || i % 60, 'delivered to invoiced', 'delivery_reference',
        'delivered', 'D' || i, 'invoiced', 'L' || i, md5(i::text), date '2025-01-01' + (i % 540)::integer,
        date '2025-02-01' + (i % 540)::integer, ((i * 7919 % 1000003) / 100)::decimal(18, 2),
        ((i * 7907 % 1000003) / 100)::decimal(18, 2), ((i % 997 - 400) / 100)::decimal(18, 2)
    from range({rows}) as numbers (i) order by i
"""


def ours(path: Path, rows: int) -> None:
    """As the pack writes it."""
    book = open_book(path, "Benchmark")
    with duckdb.connect() as connection:
        write_table(
            book, connection, Table("Rows", "Rows", "Benchmark", SQL.format(rows=rows), COLUMNS), AT
        )
    book.file.close()


def write_only(path: Path, rows: int) -> None:
    """As a script would, with the same formats."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.append([column.header for column in COLUMNS])
    with duckdb.connect() as connection:
        cursor = connection.execute(SQL.format(rows=rows))
        while found := cursor.fetchmany(10_000):
            for values in found:
                cells = []
                for column, value in zip(COLUMNS, values, strict=True):
                    cell = WriteOnlyCell(sheet, value)
                    if column.style == "money":
                        cell.number_format = "#,##0.00"
                    cells.append(cell)
                sheet.append(cells)
    book.save(path)


WRITERS = {"ours": ours, "openpyxl": write_only}


def measured(writer: str, rows: int) -> dict[str, float]:
    """Seconds, CPU seconds and peak MiB of one writer in a process of its own."""
    command = [sys.executable, __file__, "--rows", str(rows), "--only", writer]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--only", choices=WRITERS, help="write once in this process, and say what it took"
    )
    given = parser.parse_args()
    if given.only:
        with tempfile.TemporaryDirectory() as folder:
            start, cpu = time.perf_counter(), time.process_time()
            path = Path(folder) / "rows.xlsx"
            WRITERS[given.only](path, given.rows)
            figures = {
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - cpu,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "file_mib": path.stat().st_size / 2**20,
            }
        print(json.dumps(figures))
        return
    rounds = [{name: measured(name, given.rows) for name in WRITERS} for _ in range(given.rounds)]
    for name in WRITERS:
        medians = {
            key: statistics.median(found[name][key] for found in rounds) for key in rounds[0][name]
        }
        print(name, ", ".join(f"{key} {value:.1f}" for key, value in medians.items()))
    for key in ("seconds", "cpu_seconds"):
        ratio = statistics.median(found["openpyxl"][key] / found["ours"][key] for found in rounds)
        print(f"openpyxl / ours, {key}: {ratio:.2f}")


if __name__ == "__main__":
    main()
