"""`dbt` and `mf` from habit: a line that says what to do where something is missing, and no
traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tieout.settings import PROJECT
from tieout.warehouse.build import _outcome

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output in which nothing has landed. The second command there reads what the first has
    parsed."""
    return tmp_path_factory.mktemp("nothing")


def said(output: Path, *command: str) -> tuple[int, str]:
    """The exit status of a command in the project's folder, and what it said."""
    environment = os.environ | {
        "TIEOUT_OUTPUT": str(output),
        "DBT_TARGET_PATH": str(output / "dbt"),
    }
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", [("build",), ("show", "--inline", "select 1")])
def test_dbt_says_that_nothing_has_landed(nothing: Path, command: tuple[str, ...]) -> None:
    status, text = said(nothing, "dbt", *command, "--log-path", str(nothing / "logs"))
    assert status != 0
    assert f"nothing has landed in {nothing}: run `tieout land` first" in text
    assert "Traceback" not in text
    assert not list(nothing.glob("*.duckdb"))


def test_mf_says_that_nothing_is_published(nothing: Path) -> None:
    _, text = said(nothing, "mf", "query", "--metrics", "booked")
    assert "nothing is published at" in text and "run `tieout run` first" in text
    assert "Traceback" not in text
    assert not list(nothing.glob("*.duckdb"))


@pytest.mark.parametrize(
    ("name", "count", "told"),
    [
        ("control_short_paid", 1, "1 exception: tieout exceptions --control short_paid"),
        ("control_short_paid", 1200, "1,200 exceptions: tieout exceptions --control short_paid"),
        ("law_each_event_once", 2, "2 rows: What is said of the law."),
    ],
)
def test_a_test_tells_what_it_found_and_not_how_dbt_is_set(
    name: str, count: int, told: str
) -> None:
    node = SimpleNamespace(name=name, description="What is said\n  of the law.")
    message = f"Got {count} results, configured to warn if != 0"
    found = _outcome(SimpleNamespace(node=node, status="warn", failures=count, message=message))
    assert (found.name, found.status, found.message) == (name, "warn", told)
