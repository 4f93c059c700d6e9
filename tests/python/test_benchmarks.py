"""A small size of each benchmark runs, so that none of them rots; their clocks are measured by hand.

What takes a build of dbt is run as far as the build: its company is made, is whole, and lands."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import duckdb
import pytest
from benchmarks import build, controls, identity
from benchmarks.companies.records import labelled, write

from tieout.input_layer import entities
from tieout.settings import PROJECT

HERE = PROJECT / "benchmarks"
OTHERS = {"owner_id": "person_id", "manager_id": "person_id", "corrects_invoice_id": "invoice_id"}
OTHERS |= {"work_order_ref": "work_order_id", "parent_customer_id": "customer_id"}
"""Columns that are another entity's key by another name."""


def said(script: str, *words: str) -> str:
    """What a benchmark prints."""
    command = [sys.executable, str(HERE / script), *words]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dangling(folder: Path) -> list[tuple[str, str, int]]:
    """What a company's files name that the company does not have: file, column, how many rows."""
    files = {path.stem: path for path in folder.glob("*.parquet")}
    assert files.keys() <= entities().keys()
    keys = {
        entity.key[0]: name
        for name, entity in entities().items()
        if len(entity.key) == 1 and name in files
    } | {"job_ref": "jobs"}
    found = []
    with duckdb.connect() as connection:
        for name, path in files.items():
            columns = connection.execute(f"describe from '{path}'").fetchall()
            for column in (row[0] for row in columns):
                key = OTHERS.get(column, column)
                if key not in keys or keys[key] == name:
                    continue
                ((rows,),) = connection.execute(
                    f"select count(*) from '{path}' as own where own.{column} is not null and not exists"
                    f" (select 1 from '{files[keys[key]]}' as other where other.{key} = own.{column})"
                ).fetchall()
                found += [(name, column, rows)] if rows else []
    return found


@pytest.mark.parametrize("rows", [8_000, 10_001, 100_000, 250_000])
def test_the_company_of_the_build_is_whole_at_every_size(tmp_path: Path, rows: int) -> None:
    quarter, whole = build.sizes_of(rows)
    assert 4 * quarter == whole <= rows < whole + 160
    for size in (quarter, whole):
        build.write_company(tmp_path / str(size), size)
        assert dangling(tmp_path / str(size) / "first" / build.SYSTEM) == []


def test_a_company_whose_last_job_is_cut_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="62500 deliveries are no whole jobs"):
        build.write_company(tmp_path, 62_500)
    monkeypatch.setattr(build, "ROWS_OF_JOB", 1)
    build.write_company(tmp_path, 62_500)
    assert ("deliveries", "job_id", 20) in dangling(tmp_path / "first" / build.SYSTEM)


def test_the_build_lands_and_the_script_computes_the_same_files(tmp_path: Path) -> None:
    build.write_company(tmp_path, 2_000)
    build.land_files(tmp_path / "first", tmp_path / "warehouse")
    build.compute_by_hand(tmp_path / "first", tmp_path / "warehouse")
    totals = build.totals(tmp_path / "warehouse" / "by_hand.duckdb", "")
    assert {row[0] for row in totals} >= {"booked", "delivered", "invoiced", "cash", "receivables"}
    assert all(row[1] for row in totals)
    # What the script leaves in its file is not what a warehouse holds: the comparison stops.
    (tmp_path / "warehouse" / "build.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(tmp_path / "warehouse" / "build.duckdb")) as connection:
        connection.execute(f"attach '{tmp_path}/warehouse/by_hand.duckdb' as hand (read_only)")
        connection.execute("create schema marts")
        for mart in build.MARTS:
            connection.execute(f"create table marts.{mart} as from hand.{mart}")
        connection.execute("detach hand")
    assert build.compare(tmp_path / "warehouse") == totals
    with duckdb.connect(str(tmp_path / "warehouse" / "build.duckdb")) as connection:
        connection.execute("update marts.fct_receivables set open_amount = open_amount + 0.01")
    with pytest.raises(SystemExit, match="do not agree"):
        build.compare(tmp_path / "warehouse")


def test_the_company_of_the_bridge_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is started as a script, whose own folder comes first on the path.
    monkeypatch.syspath_prepend(str(HERE))
    bridge = import_module("bridge")
    asked: list[list[str]] = []
    monkeypatch.setattr(bridge, "_run", lambda settings, command: asked.append(command))
    bridge.base(tmp_path)
    assert dangling(tmp_path / "files" / "bench") == []
    assert asked == [["seed"], ["run", "--select", "+fct_bridge", "+fct_bridge_monthly"]]
    with duckdb.connect(str(tmp_path / "raw.duckdb"), read_only=True) as raw:
        ((jobs,),) = raw.execute("select count(*) from raw_imports.jobs").fetchall()
    assert jobs == bridge.BASE_JOBS


def test_sizes_that_cannot_be_measured_are_refused() -> None:
    for script, *words in (("bridge.py", "--jobs", "62500"), ("build.py", "--rows", "100")):
        command = [sys.executable, str(HERE / script), *words]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout + done.stderr


def test_landing_is_measured(tmp_path: Path) -> None:
    assert "parquet" in said("landing.py", "--rows", "2000", "--rounds", "1", "--paths", "parquet")


def test_the_workbook_is_measured() -> None:
    assert "openpyxl / ours, seconds:" in said("workbook.py", "--rows", "200", "--rounds", "1")


def test_the_controls_are_measured_from_two_builds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = {"fct_bridge": controls.BRIDGE[0], "ctl_short_paid": controls.CONTROLS[0]}
    nodes = {
        name: {"name": name, "path": f"{folder}{name}.sql", "resource_type": "model"}
        for name, folder in models.items()
    }
    for rows in (40, 160):
        (tmp_path / f"warehouse_{rows}" / "dbt").mkdir(parents=True)
        manifest = tmp_path / f"warehouse_{rows}" / "dbt" / "manifest.json"
        manifest.write_text(json.dumps({"nodes": nodes}))
        with (tmp_path / "figures.jsonl").open("a") as file:
            figures = {"output": f"warehouse_{rows}", "step": "build"}
            took = {"fct_bridge": rows / 10, "ctl_short_paid": rows / 5}
            file.write(json.dumps({**figures, "models": took}) + "\n")
    builds = controls.seconds_by_model(tmp_path)
    controls.report(
        {
            40: controls.grouped(tmp_path, "warehouse_40", builds["warehouse_40"]),
            160: controls.grouped(tmp_path, "warehouse_160", builds["warehouse_160"]),
        }
    )
    printed = capsys.readouterr().out
    assert "| 40 | 1 | 4.0 | 1 | 8.0 | 2.00 |" in printed
    assert "grew more than 5 ×: no control" in printed


def test_the_records_of_identity_land_with_their_pairs(tmp_path: Path) -> None:
    world = labelled(identity.REPORTED_SEED, 400, half=identity.REPORTED_HALF)
    write(world, tmp_path / "imports")
    build.land_files(tmp_path / "imports", tmp_path / "warehouse")
    with duckdb.connect(str(tmp_path / "warehouse" / "raw.duckdb"), read_only=True) as raw:
        landed = set(
            raw.execute("select source_system, customer_id from raw_imports.customers").fetchall()
        )
    assert len(landed) == 400 and len(world.pairs) == 60
    assert {record for pair in world.pairs for record in (pair.left, pair.right)} <= landed
    threshold, token_set = identity.by_token_set(world)
    assert 70 <= threshold <= 100 and token_set


@pytest.mark.parametrize(
    "script", ["bridge", "build", "controls", "identity", "landing", "spark", "workbook"]
)
def test_each_says_what_it_does_and_takes_when_it_is_run_as_its_page_says(script: str) -> None:
    assert "usage:" in said(f"{script}.py", "--help")
