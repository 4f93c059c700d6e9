"""Landing as a whole: killed at any moment and run again, two at once, one system failing beside
others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fake_systems import INVOICES, LINES, Batch, connector, install, invoice, land_rows, log, query
from killed_landing import DAYS, SEAMS

from tieout.errors import AuthError, LandingError
from tieout.landing import destination
from tieout.landing.land import land
from tieout.landing.table_types import Extract

HERE = Path(__file__).parent
CONTENT = {
    "invoices": "invoice_id, net_amount, changed_at, _record_key, _record_hash, _version, _updated_at, _is_deleted",
    "invoice_lines": "invoice_id, line_number, quantity, _record_key, _record_hash, _version, _is_deleted",
}


def run_days(output: Path, how: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{HERE.parent.parent / 'pipelines'}{os.pathsep}{HERE}",
    }
    command = [sys.executable, str(HERE / "killed_landing.py"), str(output), how]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def content(output: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the log but which load brought it, and when."""
    return {
        table: query(output, f"select {columns} from raw_hubspot.{table} order by all")
        for table, columns in CONTENT.items()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    output = tmp_path_factory.mktemp("undisturbed")
    run_days(output, "undisturbed")
    rows = content(output)
    assert (
        len(rows["invoices"]) == DAYS * 40 + (DAYS - 1) * 11
    )  # new ones, changed ones and one tombstone a day
    return rows


@pytest.mark.parametrize("seam", SEAMS)
def test_killed_at_a_seam_and_run_again_nothing_is_lost_or_doubled(
    tmp_path: Path, seam: str, undisturbed: dict[str, list[tuple[object, ...]]]
) -> None:
    run_days(tmp_path, seam)
    assert content(tmp_path) == undisturbed
    visible = {row[0] for row in query(tmp_path, "select load_id from tieout_meta.loads")}
    assert {
        row[0] for row in query(tmp_path, "select distinct _load_id from raw_hubspot.invoices")
    } <= visible


def test_killed_at_twelve_random_moments_nothing_is_lost_or_doubled(
    tmp_path: Path, undisturbed: dict[str, list[tuple[object, ...]]]
) -> None:
    kills = int(run_days(tmp_path, "random 7").split()[0])
    assert kills >= 10
    assert content(tmp_path) == undisturbed


def test_one_system_failing_does_not_stop_the_others(tmp_path: Path) -> None:
    def refused(extract: Extract) -> Iterator[Batch]:
        yield "invoices", [invoice("a")]
        raise AuthError("hubspot: the token was refused", "Put a valid one into secrets.toml.")

    def broken(extract: Extract) -> Iterator[Batch]:
        raise ZeroDivisionError("a bug of ours")
        yield

    install(
        hubspot=connector("hubspot", (INVOICES,), refused),
        xero=connector("xero", (INVOICES,), broken),
        field_service=connector(
            "field_service", (INVOICES,), lambda extract: iter([("invoices", [invoice("a")])])
        ),
    )
    hubspot, xero, field_service = land(
        ["hubspot", "xero", "field_service"], None, tmp_path / ".dlt", tmp_path
    )
    assert (
        isinstance(hubspot.error, AuthError)
        and hubspot.error.remedy == "Put a valid one into secrets.toml."
    )
    assert xero.error is not None and "xero: ZeroDivisionError: a bug of ours" in xero.error.cause
    assert field_service.error is None and field_service.row_count == 1
    assert query(tmp_path, "select count(*) from raw_hubspot.invoices") == [(0,)]
    assert query(tmp_path, "select source_system from tieout_meta.loads") == [("field_service",)]


def test_a_load_that_fails_halfway_leaves_nothing_and_does_not_move_the_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursors: list[object] = []

    def extract(said: Extract) -> Iterator[Batch]:
        cursors.append(said.state.get("cursor"))
        said.state["cursor"] = len(cursors)
        yield "invoices", [invoice("a", f"{len(cursors)}.00")]

    def landed() -> LandingError | None:
        install(hubspot=connector("hubspot", (INVOICES, LINES), extract))
        return land(["hubspot"], None, tmp_path / ".dlt", tmp_path)[0].error

    whole = destination.StampJob._load
    loaded: list[str] = []

    def second_file_fails(job: destination.StampJob, *arguments: object) -> None:
        if loaded:
            raise OSError("no space left on device")
        loaded.append(job.load_table_name)
        whole(job, *arguments)  # type: ignore[arg-type]

    assert landed() is None
    with monkeypatch.context() as broken:
        broken.setattr(destination.StampJob, "_load", second_file_fails)
        error = landed()
    assert error is not None and "no space left on device" in error.cause
    assert len(loaded) == 1
    assert log(tmp_path, "invoices") == [("a", 1, False)]
    assert query(tmp_path, "select count(distinct load_id) from raw_hubspot.load_log") == [(1,)]
    assert landed() is None
    assert cursors == [None, 1, 1]
    assert len(log(tmp_path, "invoices")) == 2


def test_two_landings_at_once_are_refused_by_name(tmp_path: Path) -> None:
    nested: list[LandingError] = []

    def extract(said: Extract) -> Iterator[Batch]:
        with pytest.raises(LandingError) as refused:
            land(["hubspot"], None, tmp_path / ".dlt", tmp_path)
        nested.append(refused.value)
        yield "invoices", [invoice("a")]

    install(hubspot=connector("hubspot", (INVOICES,), extract))
    assert land(["hubspot"], None, tmp_path / ".dlt", tmp_path)[0].error is None
    assert f"process {os.getpid()}" in nested[0].cause and "Wait" in nested[0].remedy


def test_a_reader_of_the_raw_database_is_named_as_what_is_in_the_way(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]))
    hold = "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); input()"
    reader = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "raw.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert reader.stdout is not None and reader.stdout.readline() == b"open\n"
        with pytest.raises(LandingError, match=r"raw\.duckdb is open in another process"):
            land_rows(tmp_path, ("invoices", [invoice("b")]))
    finally:
        reader.communicate(b"\n")


def test_an_unknown_system_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="no system 'sap'"):
        land(["hubspot", "sap"], None, tmp_path / ".dlt", tmp_path)


def test_loads_are_in_order_even_if_the_clock_is_set_back(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]))
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as con:
        con.execute("update tieout_meta.loads set landed_at = '2090-01-01'")
    landed = land_rows(tmp_path, ("invoices", [invoice("a", "2.00")]))
    assert landed.load_id is not None and landed.load_id.startswith("20900101T000000.000001Z")


def test_nothing_is_written_outside_the_output_folder(tmp_path: Path) -> None:
    home, output, work = tmp_path / "home", tmp_path / "output", tmp_path / "work"
    for folder in (home, output, work):
        folder.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "PYTHONPATH": f"{HERE.parent.parent / 'pipelines'}{os.pathsep}{HERE}",
    }
    script = "import killed_landing as k, pathlib, sys; k.land_a_day(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(output)]
    subprocess.run(command, env=environment, cwd=work, check=True, capture_output=True)
    assert list(home.rglob("*")) == [] and list(work.rglob("*")) == []
    assert (output / "raw.duckdb").exists()
