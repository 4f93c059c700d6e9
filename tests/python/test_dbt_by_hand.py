"""`dbt` and `mf` from habit: a line that says what to do where something is missing, and no
traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tieout.settings import PROJECT, Settings
from tieout.warehouse.build import test as run_tests

BIN = Path(sys.executable).parent


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


@pytest.mark.parametrize(
    "command", [("build",), ("test",), ("docs", "generate"), ("show", "--inline", "select 1")]
)
def test_dbt_says_that_nothing_has_landed(tmp_path: Path, command: tuple[str, ...]) -> None:
    status, text = said(tmp_path, "dbt", *command, "--log-path", str(tmp_path / "logs"))
    assert status != 0
    assert f"nothing has landed in {tmp_path}: run `tieout land` first" in text
    assert "Traceback" not in text
    assert not list(tmp_path.glob("*.duckdb"))


def test_mf_says_that_nothing_is_published(tmp_path: Path) -> None:
    said(
        tmp_path,
        "dbt",
        "parse",
        "--target-path",
        str(PROJECT / "target"),
        "--log-path",
        str(tmp_path / "logs"),
    )
    _, text = said(tmp_path, "mf", "query", "--metrics", "booked")
    assert "nothing is published at" in text and "run `tieout run` first" in text
    assert "Traceback" not in text
    assert not list(tmp_path.glob("*.duckdb"))


def test_a_build_tells_of_exceptions_and_not_of_dbt(small_warehouse: Settings) -> None:
    """The warning of a control says how many exceptions there are, and how they are seen."""
    warnings = {
        warning.name: warning for warning in run_tests(small_warehouse, lambda *_: None).warnings
    }
    assert warnings
    assert not [warning for warning in warnings.values() if "configured to" in warning.message]
    controls = [warning for name, warning in warnings.items() if name.startswith("control_")]
    assert controls
    for warning in controls:
        control = warning.name.removeprefix("control_")
        assert warning.message.endswith(f": tieout exceptions --control {control}")
