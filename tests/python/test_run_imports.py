"""A folder of files alone becomes published marts; one bad value in it is refused and changes
nothing, and readers beside the run see one publication or the next."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from bridge_world import environment_kept

from tieout.run import publish_step
from tieout.settings import Settings

READER = """
import json, sys, time
from pathlib import Path
import duckdb

link, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen = {}
while not stop.exists():
    folder = link.resolve()
    record = json.loads((folder / "run.json").read_text())
    with duckdb.connect(str(folder / "tieout.duckdb"), read_only=True) as connection:
        for mart, rows in record["rows"].items():
            (found,) = connection.execute(f'select count(*) from marts."{mart}"').fetchone()
            assert found == rows, (folder, mart, found, rows)
    seen[folder.name] = seen.get(folder.name, 0) + 1
    time.sleep(0.5)  # a dashboard, not a siege
print(json.dumps(seen))
"""

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Run:
    """A run over a published small company in whose files one value is bad, and readers beside
    it."""

    warehouse: Settings
    line: int
    code: object
    said: str
    before: Rows
    landed: tuple[int, int]
    first: Path
    patient: tuple[int, int]
    """What a reader with the old file open saw before, and after two publications."""
    readers: list[subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(
    small_warehouse: Settings,
    imports_with: Callable[..., tuple[Path, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    folder = tmp_path_factory.mktemp("run")
    copied, stop = folder / "warehouse", folder / "stop"
    shutil.copytree(small_warehouse.output, copied, symlinks=True)
    warehouse = replace(small_warehouse, output=copied)
    files, line = imports_with(folder, "ledger", "invoice_lines", "net_amount", "1.234,50")
    options = ["--systems", "imports", "--imports", files, "--as-of", "2026-02-28"]
    before, rows, first = exported(warehouse), raw_rows(warehouse), warehouse.published.readlink()
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(warehouse.published), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    patient = duckdb.connect(str(warehouse.marts), read_only=True)
    with environment_kept():
        try:
            seen = len(patient.execute("from marts.fct_stage_events").fetchall())
            done = subprocess.run(
                [sys.executable, "-m", "tieout", "run", *map(str, options), "--output", copied],
                capture_output=True,
                text=True,
                check=False,
            )
            warehouse.prepare()
            publish_step(warehouse)
            last = len(patient.execute("from marts.fct_stage_events").fetchall())
        finally:
            stop.touch()
            patient.close()
    told = [reader.communicate(timeout=60)[0] for reader in readers]
    ended = [
        subprocess.CompletedProcess(reader.args, reader.returncode, stdout)
        for reader, stdout in zip(readers, told, strict=True)
    ]
    landed = (rows, raw_rows(warehouse))
    return Run(
        warehouse, line, done.returncode, done.stderr, before, landed, first, (seen, last), ended
    )


def exported(settings: Settings) -> Rows:
    """Every published row, in every column but the one that names the run."""
    with duckdb.connect(str(settings.marts), read_only=True) as connection:
        names = sorted(
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        )
        return {
            name: connection.execute(
                f"select columns(c -> c <> 'run_id') from marts.\"{name}\" order by all"
            ).fetchall()
            for name in names
        }


def raw_rows(settings: Settings) -> int:
    with duckdb.connect(str(settings.raw), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw_imports'"
            " and table_name not like '\\_dlt%' escape '\\' and table_name <> 'load_log'"
        ).fetchall()
        counts = [
            connection.execute(f'select count(*) from raw_imports."{name}"').fetchone()
            for (name,) in tables
        ]
        return sum(count[0] for count in counts if count)


def test_the_figures_of_the_small_company_are_those_of_its_readme(
    small_warehouse: Settings,
) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        stages = dict(
            connection.execute(
                "select stage, sum(reporting_amount) from marts.fct_stage_events group by 1"
            ).fetchall()
        )
    assert str(stages["recognised"]) == "21095.50"
    assert str(stages["cost"]) == "5790.00"


def test_one_bad_value_is_refused_by_name_and_nothing_else_changes(run: Run) -> None:
    """Of the other files, which come again as they were, nothing lands; what was good before is
    published anew, and two runs over the same data say the same in every column of every mart."""
    assert run.code == 1
    for part in ("ledger", "invoice_lines.csv", str(run.line), "net_amount", "1.234,50"):
        assert part in run.said
    assert run.landed[0] == run.landed[1]
    after = exported(run.warehouse)
    assert "fct_stage_events" in after and after.keys() == run.before.keys()
    assert {name for name, rows in after.items() if run.before[name] != rows} == set()
    assert run.warehouse.published.readlink() != run.first


def test_readers_read_whole_runs_while_a_run_is_built_and_published(run: Run) -> None:
    """A reader that has the old file open goes on with what it opened, also after its folder is
    gone."""
    assert run.patient[0] == run.patient[1]
    assert [reader.returncode for reader in run.readers] == [0, 0, 0]
    assert max(len(json.loads(reader.stdout)) for reader in run.readers) >= 2, (
        "no reader lived through a switch"
    )
    kept = [path for path in run.warehouse.output.glob("published.*") if path.is_dir()]
    assert len(kept) == 2, "what is published and what was before it"
