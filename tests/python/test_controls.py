"""Every control finds its smallest fault, no unrelated one speaks of it, and a broken rule is noticed."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from control_build import BROKEN, CLEAN, Judged, expected, known_survivors
from control_faults import FAULTS, OWN_FOLDER
from control_mutants import survivors

PROJECT = Path(__file__).parents[2]
SAMPLE = 3


def register() -> set[str]:
    with (PROJECT / "seeds" / "controls.csv").open(encoding="utf-8", newline="") as file:
        return {row["control_id"] for row in csv.DictReader(file)}


def test_every_control_of_the_register_has_its_file_and_every_file_its_row() -> None:
    files = {path.stem.removeprefix("ctl_") for path in (PROJECT / "models" / "controls").rglob("ctl_*.sql")}
    assert files == register()


def test_every_control_has_its_smallest_fault() -> None:
    assert set(FAULTS) == register()


@pytest.mark.parametrize("control", sorted(FAULTS))
def test_a_control_finds_its_fault_and_no_unrelated_one_speaks(judged: Judged, control: str) -> None:
    spoke = judged.fired.get(BROKEN[control], set())
    assert control in spoke
    assert spoke <= {control, *FAULTS[control].also}


@pytest.mark.parametrize("kind", sorted(CLEAN))
def test_a_clean_company_trips_nothing(judged: Judged, kind: str) -> None:
    assert judged.fired.get(CLEAN[kind], set()) == set()


def test_what_is_found_is_what_was_written_down(judged: Judged) -> None:
    """To the record, its cause and its value; and how much each control looked at."""
    found = [*judged.findings, *((c, "population", str(n), "", "", "") for c, n in sorted(judged.populations.items()))]
    assert found == expected()


def test_a_ledger_of_its_own_is_given_to_what_a_whole_ledger_is_judged_by() -> None:
    assert set(FAULTS) >= OWN_FOLDER


@pytest.mark.parametrize("control", sorted(FAULTS))
def test_a_broken_rule_is_noticed(judged: Judged, control: str) -> None:
    """A sample of its mutants; `make mutants` tries every one."""
    alive, tried = survivors(judged, control, None if os.environ.get("ALL_MUTANTS") else SAMPLE)
    assert tried
    assert {mutant.what for mutant in alive} <= known_survivors(control)
