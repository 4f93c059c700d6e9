"""One writer a warehouse: a second one is told who writes, and since when, and waits only when it
was asked to."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest
from fake_systems import INVOICES, invoice, land_rows

from tieout.errors import InUse, TieoutError
from tieout.lock import NAME, writing
from tieout.settings import PROJECT, Settings
from tieout.warehouse import history
from tieout.warehouse.history import correct_history, prepare_history

HOLD = """
import sys
from pathlib import Path
from tieout.lock import writing
with writing(Path(sys.argv[1]), "run"):
    print("held", flush=True)
    sys.stdin.readline()
"""
COMMANDS = (
    ["land", "--systems", "imports", "--imports", "{folder}"],
    ["check"],
    ["build"],
    ["build", "--answers"],
    ["build", "--engine", "spark"],
    ["lake", "export"],
    ["bridge", "--as-of", "2026-01-31"],
    ["publish"],
    ["docs"],
    ["pack", "--warehouse", "{output}"],
    ["run", "--systems", "imports", "--imports", "{folder}"],
    ["demo", "--scale", "0.02"],
    ["history", "--back-to", "2026-01-31"],
    ["train"],
)


@contextmanager
def held(output: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes into the output."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tieout(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "pipelines")},
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_that_writes_says_who_does_and_since_when(
    tmp_path: Path, command: list[str]
) -> None:
    output = tmp_path / "out"
    output.mkdir()
    (output / "raw.duckdb").touch()
    with held(output) as other:
        before = sorted(path.name for path in output.iterdir())
        arguments = [part.format(output=output, folder=tmp_path) for part in command]
        if command[0] != "pack":
            arguments += ["--output", str(output)]
        answer = tieout(*arguments)
        assert answer.returncode == 1, answer
        assert (
            f"`tieout run` (process {other.pid} of " in answer.stderr
            and " since 20" in answer.stderr
        )
        assert "--wait" in answer.stderr
        assert sorted(path.name for path in output.iterdir()) == before


def test_two_runs_over_one_lake_exclude_each_other(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    output, lake = tmp_path / "out", tmp_path / "lake"
    output.mkdir()
    for name in ("raw.duckdb", "build.duckdb"):
        (output / name).touch()
    for command in (["build", "--engine", "spark"], ["lake", "export"]):
        with held(lake) as other:
            answer = tieout(*command, "--lake", str(lake), "--output", str(output))
        assert answer.returncode == 1, answer
        told = " ".join(answer.stderr.split())
        assert f"{lake} is being written to" in told and f"process {other.pid} of" in told
        # What was built before is still there.
        assert (output / "build.duckdb").exists() and sorted(
            path.name for path in lake.iterdir()
        ) == [NAME]


def test_with_wait_it_goes_on_when_the_other_ends(tmp_path: Path) -> None:
    told: list[str] = []
    with held(tmp_path) as other:
        threading.Timer(0.6, other.kill).start()
        with writing(tmp_path, "check", wait=True, say=told.append):
            pass
    assert len(told) == 1 and "waiting for it, 60 minutes at most" in told[0]


def test_waiting_has_an_end_that_is_told(tmp_path: Path) -> None:
    patient = writing(tmp_path, "check", wait=True, longest=0.6)
    with held(tmp_path), pytest.raises(InUse, match="after 1 s of waiting"), patient:
        pass


def test_a_lock_goes_with_its_process_however_that_ends(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with writing(tmp_path, "check"):
            assert b'"command": "check"' in (tmp_path / NAME).read_bytes()
    assert (tmp_path / NAME).read_bytes() == b""


def test_the_same_folder_by_another_name_is_the_same_warehouse(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").symlink_to("here")
    with held(tmp_path / "here"), pytest.raises(InUse), writing(tmp_path / "there", "check"):
        pass


def test_a_step_of_a_run_is_inside_its_lock_and_another_thread_is_not(tmp_path: Path) -> None:
    refused: list[BaseException] = []

    def elsewhere() -> None:
        try:
            with writing(tmp_path, "build"):
                pass
        except TieoutError as error:
            refused.append(error)

    with writing(tmp_path, "run"):
        with writing(tmp_path, "build"):
            pass
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_what_arrived_and_what_was_decided_are_their_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "raw.duckdb").touch(0o644)
    (tmp_path / "raw.duckdb").unlink()
    land_rows(tmp_path, ("invoices", [invoice("a")]), tables=(INVOICES,))
    for name in ("raw.duckdb", "history.duckdb"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        (tmp_path / name).chmod(0o644)
    land_rows(tmp_path, ("invoices", [invoice("b")]), tables=(INVOICES,))
    assert stat.S_IMODE((tmp_path / "raw.duckdb").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "dlt").stat().st_mode) == 0o700


def test_a_history_of_an_earlier_version_gets_the_columns_of_this_one_and_keeps_its_rows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "history.duckdb"
    prepare_history(path)
    kept = "select control_id, run_id, counted_amount from control_results"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into control_results values ('c', '2026-01-31', 'f', 'h', 's', 1, 1, 1, 0, 1, 9, 'r', 0, 1)"
        )
        whole = connection.execute(
            "select table_name, column_name from duckdb_columns() order by all"
        ).fetchall()
        for table, column, _ in history._ADDED:
            connection.execute(f"alter table {table} drop column {column}")
    prepare_history(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert (
            connection.execute(
                "select table_name, column_name from duckdb_columns() order by all"
            ).fetchall()
            == whole
        )
        assert connection.execute(kept).fetchall() == [("c", "r", 9)]
        assert connection.execute(
            "select too_young_count, counted_loss_amount from control_results"
        ).fetchall() == [(None, None)]


def test_history_takes_a_correction_and_keeps_what_it_was(tmp_path: Path) -> None:
    """A run that was dated wrongly is taken back: its events, what only it found, its results, and
    its customers."""
    settings = Settings(output=tmp_path)
    prepare_history(settings.history)
    right, wrong = date(2026, 1, 31), date(2099, 1, 31)
    with duckdb.connect(str(settings.history)) as connection:
        for key, number, event, day in (
            ("a", 1, "opened", right),
            ("a", 2, "resolved", wrong),
            ("b", 1, "opened", wrong),
        ):
            connection.execute(
                "insert into exception_events values (?, ?, ?, ?, 'c', 'o', 'x', 'k', 1)",
                [key, number, event, day],
            )
        for key in "ab":
            connection.execute(
                "insert into exceptions by name select ? as exception_key, 'c' as control_id, 'e' as entity, 'i' as"
                " entity_id, 's' as source_system, '' as deal_key, '' as contract_key, '' as job_key, '' as"
                " work_order_key, '' as delivery_key, '' as invoice_key, '' as product_key, 'k' as customer_key, ''"
                " as owner_key, ?::date as occurred_on, 1 as value_at_risk_amount, 'x' as cause, '' as"
                " suggested_action, '' as evidence, '' as owner_role, 'high' as severity, 'o' as owner,"
                " ?::date as last_seen_on",
                [key, right, wrong],
            )
        for day in (right, wrong):
            connection.execute(
                "insert into control_results values ('c', ?, 'f', 'high', 's', 1, 1, 1, 0, 1, 1, 'r', 0, 1)",
                [day],
            )
        connection.execute("insert into customer_keys values ('s', '1', 'new', ?)", [wrong])
        connection.execute(
            "insert into customer_changes values ('k1', 'merged', 'old', 'new', 's', '1', 'r', ?)",
            [wrong],
        )
    kept, counts = correct_history(settings, right)
    with duckdb.connect(str(settings.history), read_only=True) as connection:
        ask = connection.execute
        assert ask("select exception_key, event from exception_events").fetchall() == [
            ("a", "opened")
        ]
        assert ask("select exception_key, last_seen_on from exceptions").fetchall() == [
            ("a", right)
        ]
        assert ask("select as_of_on from control_results").fetchall() == [(right,)]
        assert ask("select customer_key, known_on from customer_keys").fetchall() == [
            ("old", right)
        ]
        assert ask("select count(*) from customer_changes").fetchall() == [(0,)]
    assert counts["events of exceptions"] == 2 and stat.S_IMODE(kept.stat().st_mode) == 0o600
    with duckdb.connect(str(kept), read_only=True) as connection:
        assert connection.execute("select count(*) from exception_events").fetchall() == [(3,)]


def test_a_day_to_come_needs_a_word(tmp_path: Path) -> None:
    for command, option in (("build", "--as-of"), ("build", "--known-at"), ("bridge", "--as-of")):
        answer = tieout(command, option, "2199-01-01", "--output", str(tmp_path))
        assert (
            answer.returncode == 1
            and "lies in the future" in answer.stderr
            and "--i-know" in answer.stderr
        )
    answer = tieout("build", "--as-of", "2199-01-01", "--i-know", "--output", str(tmp_path))
    assert "lies in the future" not in answer.stderr and "nothing to build from" in answer.stderr


def test_stopped_by_hand_it_says_so(tmp_path: Path) -> None:
    """Ctrl-C while it waits: two lines, 130, and no traceback."""
    with held(tmp_path):
        process = subprocess.Popen(
            [sys.executable, "-m", "tieout", "check", "--wait", "--output", str(tmp_path)],
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            # What runs in the background ignores Ctrl-C, and so does what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
        )
        assert process.stderr is not None
        assert "is being written to" in process.stderr.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert "stopped by hand" in said and "Traceback" not in said
