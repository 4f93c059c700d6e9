"""Every control finds its smallest fault, no unrelated one speaks of it, and a broken rule is noticed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from control_build import BROKEN, CLEAN, Judged, build, expected
from control_faults import FAULTS, OWN_FOLDER

PROJECT = Path(__file__).parents[2]
# These need a second system, or two landings of one: see test_control_life.py.
ELSEWHERE = {"customer_unmatched", "unapproved_edit"}


def register() -> set[str]:
    with (PROJECT / "seeds" / "controls.csv").open(encoding="utf-8", newline="") as file:
        return {row["control_id"] for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return build(tmp_path_factory.mktemp("controls"))


def test_every_control_of_the_register_has_its_file_and_every_file_its_row() -> None:
    files = {path.stem.removeprefix("ctl_") for path in (PROJECT / "models" / "controls").rglob("ctl_*.sql")}
    assert files == register()


def test_every_control_has_its_smallest_fault() -> None:
    assert set(FAULTS) | ELSEWHERE == register()


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
