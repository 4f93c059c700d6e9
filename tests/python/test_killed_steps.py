"""Every step of a run, killed and starved: what is published stands, and the next run ends in the
same bytes.

`make faults` kills more often, and starves every step of everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tieout.settings import PROJECT, Settings

HERE = Path(__file__).parent
KILLS = int(os.environ.get("TIEOUT_STEP_KILLS", "4"))
STEPS = os.environ.get("TIEOUT_STEPS", "land,check,publish,docs,pack").split(",")
ALL = bool(os.environ.get("TIEOUT_ALL_FAULTS"))
STARVED = [
    (step, how)
    for step in ("land", "check", "build", "publish", "docs", "pack")
    for how in ("disk", "memory", "closed", "handles")
    if ALL
    or (step, how)
    in {("land", "disk"), ("publish", "disk"), ("publish", "closed"), ("pack", "disk")}
]


@pytest.fixture
def warehouse(small_warehouse: Settings, copy_of: Callable[[Settings], Settings]) -> Settings:
    return copy_of(small_warehouse)


def script(settings: Settings, *arguments: str) -> tuple[dict[str, Any], str]:
    command = [
        sys.executable,
        str(HERE / "killed_steps.py"),
        str(settings.output),
        str(settings.imports),
    ]
    run = subprocess.run(
        [*command, str(settings.as_of), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'pipelines'}{os.pathsep}{HERE}"},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    said: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return said, run.stdout + run.stderr


def test_killed_at_random_moments_each_step_ends_in_the_same_bytes_when_it_is_run_again(
    warehouse: Settings,
) -> None:
    said, _ = script(warehouse, "kill", str(KILLS), "1", ",".join(STEPS))
    print(said)
    assert sum(said["killed"].values()) >= KILLS // 2, "most kills came in time"
    assert said["opened"] > 10, "readers read all the while"


@pytest.mark.parametrize(("step", "how"), STARVED)
def test_without_disk_memory_rights_or_handles_a_step_says_so_and_what_is_published_stands(
    warehouse: Settings, step: str, how: str
) -> None:
    if how == "closed" and os.geteuid() != 0:
        warehouse.output.chmod(0o555)
    said, told = script(warehouse, how, step)
    print(said, told[-600:])
    assert said["published stands"]
    assert said["ended"] in (0, 1), "an end of its own: a message, or it needed no more"
    assert (said["again"], said["published again"], said["left"]) == (0, True, [])
    if said["ended"]:
        error = told.partition("error:")[2]
        assert "remedy:" in error and "Traceback" not in error
        assert len(error.splitlines()) <= 40
