"""Companies with planted faults (`plants/`), and what the controls say of them: all of it, no more,
to the cent, once.

Written from the design alone: bills for several jobs a month, deposits, retention, credits billed
anew, two numbering series, three currencies with documents' own rates, a year end, a leap year,
drafts, people of one system only. `make test` builds one company; `make plants` ten, each beside a
company in which nothing is wrong.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from bridge_world import environment_kept
from plants.build import written
from plants.score import Fault, assign, exceptions, once, read_labels, right, still_open

from tieout.input_layer import entities
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import dbt

OPEN = Path(__file__).parents[1] / "fixtures" / "plants_open.txt"
SAMPLE, SAMPLE_JOBS, JOBS = 5, 12, 60
SEEDS = os.environ.get("PLANTS_SEEDS", "").split()
# What must hold over ten companies: shares of the faults planted, of what is said, and of the
# values the design fixes.
RECALL, PRECISION, VALUE, ONCE = 0.97, 0.98, 0.99, 0.97


def judged(folder: Path, seed: int, jobs: int, clean: bool) -> tuple[list[Fault], list[str]]:
    """The faults of a company with what was found of each, and what is open; the company is landed
    and built here."""
    _, _, wrong = written(folder / "imports", seed, jobs, clean)
    assert wrong == []
    for path in (folder / "imports").glob("*/*.csv"):
        # Quotes are no entity of the input layer yet: what hangs on them is open, by name.
        if path.stem not in entities():
            path.unlink()
    output, as_of = folder / "warehouse", date(2026, 6, 30)
    landings = [folder / name for name in ("before", "imports") if (folder / name).is_dir()]
    with environment_kept():
        for imports in landings:
            settings = Settings(output=output, systems=("imports",), imports=imports, as_of=as_of)
            settings.prepare()
            landed = land(settings.systems, settings.imports, settings.config, settings.output)
            assert [str(one.error) for one in landed if one.error] == []
        answer = dbt(
            settings,
            ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"],
        )
    failed = [
        f"{r.node.name}: {r.message}"
        for r in answer.result or ()
        if str(r.status) in ("error", "fail")
    ]
    assert answer.exception is None and not failed, (answer.exception, failed)
    faults = read_labels(folder / "labels.csv", before=len(landings) == 2)
    alarms, _ = assign(faults, exceptions(str(settings.build)))
    return faults, still_open(faults, alarms)


if SEEDS:

    @pytest.mark.parametrize("seed", SEEDS)
    def test_a_company_in_which_nothing_is_wrong_shows_nothing(tmp_path: Path, seed: str) -> None:
        _, lines = judged(tmp_path, int(seed), JOBS, clean=True)
        assert lines == []

    def test_faults_are_found_by_name_for_what_they_are_worth_and_counted_once(
        tmp_path: Path,
    ) -> None:
        faults: list[Fault] = []
        lines: list[str] = []
        held: list[tuple[bool, bool]] = []
        for seed in SEEDS:
            mine, its_lines = judged(tmp_path / seed, int(seed), JOBS, clean=False)
            faults += mine
            lines += [f"{seed} {line}" for line in its_lines]
            held += [(right(f, mine), once(f)) for f in mine if f.found and f.value is not None]
        found = sum(bool(fault.found) for fault in faults)
        false = sum(" FALSE " in line for line in lines)
        shares = {
            "recall": found / len(faults),
            "precision": found / (found + false),
            "value": sum(value for value, _ in held) / len(held),
            "once": sum(single for _, single in held) / len(held),
        }
        least = {"recall": RECALL, "precision": PRECISION, "value": VALUE, "once": ONCE}
        assert all(shares[name] >= least[name] for name in least), (shares, "\n".join(lines))

else:

    def test_what_is_open_is_known_by_name(tmp_path: Path) -> None:
        """A small company with one fault a control: whatever changes in what is found of it is
        seen."""
        faults, lines = judged(tmp_path, SAMPLE, SAMPLE_JOBS, clean=False)
        assert len({fault.control for fault in faults}) > 60
        assert sorted(lines) == OPEN.read_text(encoding="utf-8").splitlines()
