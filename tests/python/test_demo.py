"""The demo company, as a user runs it: it ties, it lands nothing twice, and no kill at any moment
changes a figure."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from demo_bridge_expected import EXPECTED, InNoGap
from demo_bridge_faults import is_guessed, labels, missing, read, report
from demo_runs import Answer, demo, doubled_rows, exported, leftovers, plan, raw_content, raw_rows
from recall import amiss

from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout_demo.checks.measure import measure
from tieout_demo.checks.proof import compare
from tieout_demo.checks.totals import stage_totals
from tieout_demo.company import Company
from tieout_demo.run import run_demo
from tieout_demo.servers.import_files import replace_file

UNTIL = date(2026, 6, 30)
KILLS = int(os.environ.get("TIEOUT_KILLS", "2"))


@dataclass(frozen=True)
class Finished:
    """A run that came to its end, what it left, what it said, and the rows that had landed before
    it."""

    output: Path
    answer: Answer
    landed_before: dict[str, int] = field(default_factory=dict)

    @property
    def raw(self) -> Path:
        return self.output / "raw.duckdb"

    @property
    def marts(self) -> Path:
        return self.output / "published" / "tieout.duckdb"

    def copied_to(self, folder: Path) -> Finished:
        shutil.copytree(self.output, folder, symlinks=True)
        return Finished(folder, self.answer)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The smallest demo company, run once. Read it, copy it; never write to it."""
    output = tmp_path_factory.mktemp("demo") / "warehouse"
    answer = demo(output)
    assert answer.returncode == 0, answer.output
    return Finished(output, answer)


def test_the_published_marts_tie_to_the_systems_own_totals(finished: Finished) -> None:
    proofs = compare(stage_totals(Company(seed=1, scale=0.02).state(UNTIL)), finished.marts)
    assert [proof for proof in proofs if proof.difference != 0] == []
    shown = {proof.source_system for proof in proofs if proof.source_amount != 0}
    assert shown == {"hubspot", "field_service", "xero", "recruitment"}
    assert {proof.stage for proof in proofs} >= {
        "booked",
        "delivered",
        "invoiced",
        "recognised",
        "cash",
        "cost",
    }
    table = finished.answer.output.partition("Each system's own totals, and the marts'")[2]
    for proof in proofs:
        assert f"{proof.mart_amount:,.2f}" in table
    assert type(proofs[0].mart_amount) is Decimal


def test_the_controls_find_every_planted_fault_and_report_nothing_else(finished: Finished) -> None:
    """`make recall` does the same for five larger companies."""
    scores = measure(finished.marts, finished.output / "demo" / "truth.csv", UNTIL)
    assert sum(len(score.found) for score in scores) > 50
    assert amiss(scores) == []


def test_nearly_all_is_credited_to_somebody_and_the_rest_says_why(finished: Finished) -> None:
    with duckdb.connect(str(finished.marts), read_only=True) as marts:
        credited = dict(
            marts.execute(
                """
                select case when stage = 'cost' then 'cost' else 'contracted' end,
                    coalesce(sum(abs(reporting_amount)) filter (owner_key = 'unknown'), 0) / sum(abs(reporting_amount))
                from marts.fct_attribution where stage in ('booked', 'change_order', 'cost') group by 1
                """
            ).fetchall()
        )
        without_cause = marts.execute(
            """
            select distinct job_key from marts.fct_attribution
            where owner_key = 'unknown' and reporting_amount <> 0
                and stage in ('booked', 'change_order', 'delivered', 'cost')
                and job_key <> 'unknown' and job_key not in
                    (select job_key from marts.fct_exceptions where control_id = 'rep_unattributed')
            """
        ).fetchall()
    assert credited.keys() == {"contracted", "cost"}
    assert {kind: share for kind, share in credited.items() if share >= 0.02} == {}
    assert without_cause == []


def test_the_planted_faults_are_listed_and_nothing_that_builds_knows_them(
    finished: Finished,
) -> None:
    with (finished.output / "demo" / "truth.csv").open(encoding="utf-8", newline="") as file:
        planted = list(csv.DictReader(file))
    assert planted
    assert all(fault["control_id"] and fault["entity_id"] for fault in planted)
    manifest = json.loads((finished.output / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    nodes = [
        *manifest["nodes"].values(),
        *manifest["sources"].values(),
        *manifest["macros"].values(),
    ]
    ours = [node for node in nodes if node["package_name"] == "tieout"]
    assert len(ours) > 100
    texts = {
        node["unique_id"]: json.dumps(
            [node.get(part) for part in ("raw_code", "macro_sql", "identifier", "path")]
        )
        for node in ours
    }
    assert [name for name, text in texts.items() if "truth.csv" in text or "demo/" in text] == []
    assert [table for table in raw_rows(finished.raw) if "truth" in table] == []


def test_every_planted_fault_is_in_the_bridge_under_its_reason_with_its_amount(
    finished: Finished,
) -> None:
    """Or its kind is known to be in no gap, with the reason why: demo_bridge_expected.py."""
    assert report(finished.output, UNTIL) == []
    build, planted = (
        read(finished.output / "build.duckdb"),
        labels(finished.output / "demo" / "truth.csv", UNTIL),
    )
    shown = [label for label in planted if not isinstance(EXPECTED[label["control_id"]], InNoGap)]
    assert len(shown) > 60
    assert {label["source_system"] for label in shown} >= {
        "xero",
        "field_service",
        "hubspot",
        "recruitment",
    }
    # Most have an amount of their own, to the cent, and another amount would be noticed. The rest
    # is in that of their job: lines that say neither period nor order meet the first of its work.
    own = [
        label
        for label in shown
        if not missing(build, label, to_the_cent=True) and not is_guessed(build, label)
    ]
    assert len(own) > len(shown) // 2
    dearer = [
        {**label, "value_amount": str(Decimal(label["value_amount"]) * 2 + 1)} for label in own
    ]
    assert [label for label in dearer if not missing(build, label, to_the_cent=True)] == []


@pytest.fixture(scope="session")
def killed(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The same company, killed at random moments of its run, the last of them after landing; then
    killed no more."""
    killed = tmp_path_factory.mktemp("killed") / "warehouse"
    moments = plan(KILLS, seed=1)
    assert moments[-1][0] not in {"records", "land"}
    for step, part in moments:
        after = part * finished.answer.seconds[step]
        # A run that was quicker than the undisturbed one may be over before its moment comes.
        while not (answer := demo(killed, kill_in=step, after=after)).was_killed:
            assert answer.returncode == 0, answer.output
            after /= 2
    landed = raw_rows(killed / "raw.duckdb")
    answer = demo(killed)
    assert answer.returncode == 0, f"killed at {moments}\n{answer.output}"
    return Finished(killed, answer, landed)


def test_run_again_nothing_lands_and_no_figure_changes(
    finished: Finished, killed: Finished, tmp_path: Path
) -> None:
    """The run after the last kill is of records that had all landed."""
    assert killed.landed_before
    assert raw_rows(killed.raw) == killed.landed_before
    assert exported(killed.marts, tmp_path / "b") == exported(finished.marts, tmp_path / "a")


def test_killed_at_random_moments_it_ends_with_the_same_figures(
    finished: Finished, killed: Finished, tmp_path: Path
) -> None:
    assert doubled_rows(killed.raw) == {}
    assert raw_rows(killed.raw) == raw_rows(finished.raw)
    assert raw_content(killed.raw) == raw_content(finished.raw)
    ours, theirs = exported(killed.marts, tmp_path / "b"), exported(finished.marts, tmp_path / "a")
    assert [mart for mart in theirs if ours.get(mart) != theirs[mart]] == []
    assert ours.keys() == theirs.keys()
    assert leftovers(killed.output) == []


def test_a_day_later_only_changes_land(finished: Finished, tmp_path: Path) -> None:
    later = finished.copied_to(tmp_path / "later")
    # What lands is the question, so the run ends there: a build more would cost a minute and answer
    # nothing.
    answer = demo(later.output, "--until", "2026-07-01", kill_in="check")
    assert answer.was_killed
    assert "not landed" not in answer.output
    before, after = raw_rows(finished.raw), raw_rows(later.raw)
    grown = {
        table: after[table] - before[table] for table in before if after[table] != before[table]
    }
    assert all(rows > 0 for rows in grown.values()), "the log only grows"
    assert '"raw_imports"."fx_rates"' in grown
    assert sum(grown.values()) < sum(before.values()) // 10
    assert doubled_rows(later.raw) == {}


def test_an_earlier_day_is_refused_with_what_to_do_instead(
    finished: Finished, tmp_path: Path
) -> None:
    held = company_of(finished, tmp_path)
    answer = demo(tmp_path, "--until", "2026-06-29")
    assert answer.returncode == 1
    said = " ".join(answer.output.split())
    assert "has reached 2026-06-30" in said
    assert "tieout build --as-of 2026-06-29" in said.partition("remedy:")[2]
    assert "Traceback" not in said
    assert (tmp_path / "demo" / "company.json").read_bytes() == held
    # The lock is of whoever asked.
    assert {path.name for path in tmp_path.rglob("*")} == {"demo", "company.json", "tieout.lock"}


@pytest.mark.parametrize(
    ("seed", "scale", "database"),
    [(2, 0.02, None), (1, 0.03, None), (1, 0.02, "postgresql://me:secret@nowhere/db")],
)
def test_another_company_in_the_same_folder_is_refused(
    finished: Finished, tmp_path: Path, seed: int, scale: float, database: str | None
) -> None:
    held = company_of(finished, tmp_path)
    with pytest.raises(TieoutError, match="holds another company") as raised:
        run_demo(Settings(output=tmp_path), UNTIL, seed=seed, scale=scale, database=database)
    assert "another --output" in raised.value.remedy
    assert "secret" not in raised.value.cause
    assert (tmp_path / "demo" / "company.json").read_bytes() == held


def company_of(finished: Finished, output: Path) -> bytes:
    """Puts into an empty folder what says which company lives there."""
    held = (finished.output / "demo" / "company.json").read_bytes()
    (output / "demo").mkdir()
    (output / "demo" / "company.json").write_bytes(held)
    return held


def test_what_a_killed_writer_of_a_file_leaves_is_put_right_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".deals.csv.part").write_bytes(b"half a fi")
    assert replace_file(tmp_path / "deals.csv", b"a file")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"deals.csv": b"a file"}
    assert not replace_file(tmp_path / "deals.csv", b"a file")
