"""Every verb teaches itself, and a failure is a cause and a remedy, not a traceback."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult
from rich.console import Console

from tieout import console, failures
from tieout.cli import program
from tieout.errors import TieoutError
from tieout.landing.land import land
from tieout.safe_text import learn
from tieout.settings import PROJECT, Settings
from tieout.warehouse.build import dbt
from tieout.warehouse.build import test as retest
from tieout.warehouse.docs_site import write_docs

VERBS = ("land", "check", "build", "publish", "docs", "run", "demo", "train", "history")


def tieout(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={
            "PATH": "/usr/bin:/bin",
            "COLUMNS": "140",
            "PYTHONPATH": str(Path(__file__).parents[2] / "pipelines"),
        },
    )


def test_help_names_every_verb() -> None:
    answer = tieout("--help")
    assert answer.returncode == 0
    assert [verb for verb in VERBS if f" {verb} " not in answer.stdout] == []


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_says_what_it_does_and_where_it_writes(verb: str) -> None:
    answer = tieout(verb, "--help")
    assert answer.returncode == 0
    assert "--output" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "cause", "remedy"),
    [
        (["build", "--output", "nowhere"], "there is nothing to build from", "tieout land"),
        (["check", "--output", "nowhere"], "there is nothing to check", "tieout land"),
        (["publish", "--output", "nowhere"], "there is no build", "tieout build"),
        (["docs", "--output", "nowhere"], "there is nothing to describe", "tieout build"),
        (["train", "--output", "nowhere"], "there is no build", "tieout build"),
        (["land", "--output", "nowhere"], "no system is configured", "tieout demo"),
        (["land", "--systems", "sap", "--output", "nowhere"], "no system 'sap'", "hubspot"),
        (
            ["demo", "--until", "2030-01-01", "--output", "nowhere"],
            "the company's days go from",
            "--until",
        ),
    ],
)
def test_a_failure_is_a_cause_and_a_remedy(
    tmp_path: Path, arguments: list[str], cause: str, remedy: str
) -> None:
    answer = tieout(*arguments, cwd=tmp_path)
    assert answer.returncode == 1
    assert cause in answer.stderr
    assert remedy in answer.stderr.split("remedy:")[1]
    assert "Traceback" not in answer.stderr + answer.stdout


def test_nothing_is_written_outside_the_output_folder(tmp_path: Path) -> None:
    tieout("land", "--output", "nowhere", cwd=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"nowhere"}


def test_a_narrow_table_folds_names_and_never_cuts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(console, "out", Console(file=told, width=30))
    console.table(
        "Exceptions", ["control", "id"], [["placement_not_invoiced", "6f0c5bf4-0757-5895-9a55"]]
    )
    assert "…" not in told.getvalue()
    first = "".join(
        line.split("│")[1].strip() for line in told.getvalue().splitlines() if line.startswith("│")
    )
    assert first == "placement_not_invoiced"


def test_what_nobody_thought_of_leaves_its_traceback_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        Settings(output=tmp_path / "out").prepare()
        raise ZeroDivisionError("a bug of ours, with planted-secret-5\x1b[2J")

    learn("planted-secret-5")
    monkeypatch.setattr(program, "app", broken)
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    with pytest.raises(SystemExit) as ended:
        program.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "error: ZeroDivisionError: a bug of ours" in said and "Traceback" not in said
    (kept,) = (tmp_path / "out" / "errors").iterdir()
    assert str(kept) in said.replace("\n", "")
    text = kept.read_text(encoding="utf-8")
    assert "in broken" in text and "planted-secret" not in text + said and "\x1b" not in text + said


@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        (
            OSError(28, "No space left on device", "/x/raw.duckdb"),
            "/x/raw.duckdb: the disk is full",
            "free some space",
        ),
        (OSError(122, "Disk quota exceeded"), "the disk is full", "free some space"),
        (
            OSError(30, "Read-only file system", "/x"),
            "/x: this folder or file cannot be written to",
            "writable",
        ),
        (OSError(27, "File too large", "/x"), "limits the size of a file", "ulimit -f"),
        (OSError(24, "Too many open files"), "too many files are open", "ulimit -n"),
        (MemoryError(), "there is not enough memory", "TIEOUT_MEMORY"),
        (
            duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"),
            "not enough memory",
            "TIEOUT_MEMORY",
        ),
        (
            duckdb.IOException('Could not write file "/x/a": No space left on device'),
            "/x/a: the disk is full",
            "free",
        ),
        (
            duckdb.IOException('Cannot open file "/x/a": Permission denied'),
            "/x/a: this folder or file",
            "writable",
        ),
        (
            duckdb.IOException(
                'The file "/x/a" exists, but it is not a valid DuckDB database file!'
            ),
            "damaged",
            "backup",
        ),
    ],
)
def test_each_failure_of_the_machine_has_its_own_cause_and_remedy(
    error: Exception, cause: str, remedy: str
) -> None:
    wrapped = RuntimeError("somewhere inside a library")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        told = failures.unforeseen(one)
        assert cause in told.cause and remedy in told.remedy


SWALLOWS = """
import sys, time
from tieout.cli import program

def app():
    print("working", flush=True)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
    {then}

program.STOP_AGAIN, program.app = 0.5, app
program.main()
"""


def hears_ctrl_c() -> None:
    """What runs in the background, as a CI's tests may, ignores Ctrl-C, and so does what it
    starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    "then",
    [
        "time.sleep(60)",
        "raise RuntimeError('Query interrupted') from KeyboardInterrupt()",
        "raise program.TieoutError('a step failed') from KeyboardInterrupt()",
    ],
    ids=["swallowed", "as DuckDB says it", "as a step says it"],
)
def test_ctrl_c_is_heard_whoever_swallows_it_or_calls_it_otherwise(then: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SWALLOWS.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "pipelines")},
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - no threads here
    )
    assert process.stdout is not None and process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.splitlines()[0] == "error: stopped by hand" and "Traceback" not in said


def test_a_landing_that_is_stopped_lands_no_other_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB makes an error of its own of Ctrl-C, and dlt another: as a system that failed, the run
    would go on."""
    for name in ("bank", "desk"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "fx_rates.csv").write_text(
            "from_currency,to_currency,rate_on,rate\n"
        )
    read: list[Path] = []

    def stopped(con: object, path: Path, *rest: object) -> None:
        read.append(path)
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    monkeypatch.setattr("tieout.sources.imports.source.read_file", stopped)
    with pytest.raises(KeyboardInterrupt):
        land(["imports"], tmp_path / "in", tmp_path / ".dlt", tmp_path / "out")
    assert len(read) == 1


@pytest.mark.parametrize("command", ["parse", "build"])
def test_a_build_that_is_stopped_is_not_a_build_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(
        "tieout.warehouse.build._PARSED", {} if command == "parse" else {"{}": object()}
    )
    answer = dbtRunnerResult(success=False, exception=KeyboardInterrupt())
    monkeypatch.setattr("dbt.cli.main.dbtRunner.invoke", lambda self, arguments: answer)
    monkeypatch.setattr("dbt.cli.main.dbtRunner.__init__", lambda self, **chosen: None)
    with pytest.raises(KeyboardInterrupt):
        dbt(Settings(output=tmp_path), [command])


@pytest.mark.parametrize("memory", ["banana", "10", "-5GB", "", "3 G"])
def test_a_memory_that_is_none_is_said_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: str
) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY", memory)
    with pytest.raises(TieoutError, match="TIEOUT_MEMORY is") as raised:
        Settings(output=tmp_path / "out").prepare()
    assert "3GB" in raised.value.remedy and not (tmp_path / "out").exists()


def test_a_full_disk_under_the_docs_has_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build.duckdb").touch()
    full = dbtRunnerResult(
        success=False, exception=OSError(errno.ENOSPC, "No space left on device")
    )
    monkeypatch.setattr("tieout.warehouse.docs_site.dbt", lambda *_: full)
    with pytest.raises(TieoutError, match="the disk is full") as raised:
        write_docs(Settings(output=tmp_path))
    assert "free some space" in raised.value.remedy


def test_a_log_that_cannot_be_written_prints_no_traceback() -> None:
    """dbt's log lies in the output folder: on a full disk the logging module would print a page for
    each line."""
    program = """
import logging
from tieout.cli import program

def app():
    log = logging.getLogger("dbt")
    log.addHandler(logging.FileHandler("/dev/full"))
    log.warning("a line")
    raise program.TieoutError("the cause", "the remedy")

program.app = app
program.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "pipelines")},
    )
    assert (done.returncode, done.stderr.split()) == (
        1,
        ["error:", "the", "cause", "remedy:", "the", "remedy"],
    )


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (dbtRunnerResult(success=False, exception=MemoryError()), "there is not enough memory"),
        (
            dbtRunnerResult(
                success=False,
                exception=RuntimeError("Out of Memory Error: failed to allocate\n * more"),
            ),
            "there is not enough memory",
        ),
        (
            dbtRunnerResult(
                success=False,
                result=SimpleNamespace(
                    results=[
                        SimpleNamespace(
                            status="error",
                            node=SimpleNamespace(name=name),
                            message=f"IO Error: {name}: {said}",
                        )
                        for name, said in (
                            ("stg_a", "No space left on device"),
                            ("int_b", "skipped"),
                        )
                    ]
                ),
            ),
            "stg_a: the disk is full",
        ),
    ],
    ids=["memory", "memory of DuckDB", "disk under a model"],
)
def test_what_the_machine_lacks_in_a_build_has_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: dbtRunnerResult, cause: str
) -> None:
    (tmp_path / "build.duckdb").touch()
    monkeypatch.setattr("tieout.warehouse.build.dbt", lambda *_: answer)
    with pytest.raises(TieoutError, match=cause) as raised:
        retest(Settings(output=tmp_path), lambda *_: None)
    assert "dbt.log" not in raised.value.remedy and "run again" in raised.value.remedy


@pytest.mark.parametrize(
    "command",
    [
        ["land"],
        ["check"],
        ["build"],
        ["publish"],
        ["run"],
        ["docs"],
        ["history", "--back-to", "2026-01-01"],
    ],
)
def test_an_output_that_is_none_is_said_in_two_lines(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    for output in ("file", "file/below", "what?ever", "/proc/none"):
        answer = tieout(*command, "--output", output, cwd=tmp_path)
        assert answer.returncode == 1
        assert "remedy:" in answer.stderr and "Traceback" not in answer.stderr
        assert len(answer.stderr.splitlines()) <= 30


def test_settings_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "in" / "bank").mkdir(parents=True)
    rates = "from_currency,to_currency,rate_on,rate\nEUR,GBP,2025-01-01,0.85\n"
    (tmp_path / "in" / "bank" / "fx_rates.csv").write_text(rates)
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "config.toml").write_bytes(
        b'\xef\xbb\xbf[sources.imports]\ndirectory = "in"\n'
    )
    answer = tieout("land", "--output", "out", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
