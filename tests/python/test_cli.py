"""Every verb teaches itself, and a failure is a cause and a remedy, not a traceback."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from pipelines import console

VERBS = ("land", "check", "build", "publish", "docs", "run", "demo", "train")


def tieout(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "140", "PYTHONPATH": str(Path(__file__).parents[2])},
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
        (["demo", "--until", "2030-01-01", "--output", "nowhere"], "the company's days go from", "--until"),
    ],
)
def test_a_failure_is_a_cause_and_a_remedy(tmp_path: Path, arguments: list[str], cause: str, remedy: str) -> None:
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
    console.table("Exceptions", ["control", "id"], [["placement_not_invoiced", "6f0c5bf4-0757-5895-9a55"]])
    assert "…" not in told.getvalue()
    first = "".join(line.split("│")[1].strip() for line in told.getvalue().splitlines() if line.startswith("│"))
    assert first == "placement_not_invoiced"
