"""Every control finds its smallest fault, no unrelated one speaks of it, and a broken rule is
noticed."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from control_boundaries import BOUNDARIES
from control_build import (
    BROKEN,
    CLEAN,
    EDGES,
    EXPECTED,
    SURVIVORS,
    Judged,
    expected,
    found,
    known_survivors,
)
from control_edges import Boundary
from control_faults import FAULTS, OWN_FOLDER
from control_mutants import FRAMES as IN_FRAMES
from control_mutants import frames, survivors

PROJECT = Path(__file__).parents[2]
WHOLE = bool(os.environ.get("ALL_MUTANTS"))
EACH = 3
SAMPLE = 1
MOST_SURVIVORS = 40
MODELS = PROJECT / "models"
FRAMES = sorted(
    path.stem
    for path in MODELS.rglob("*.sql")
    if path.relative_to(MODELS).as_posix().startswith(IN_FRAMES)
)
# Nothing was delivered that could be billed; a line that names a delivery that is not there, and
# answers other work.
WITHOUT_PIECES = {"nothing_delivered_and_not_billed", "names_no_delivery"}


def register() -> set[str]:
    with (PROJECT / "seeds" / "standard" / "standard_controls.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return {row["control_id"] for row in csv.DictReader(file)}


def test_every_control_of_the_register_has_its_file_and_every_file_its_row() -> None:
    files = {
        path.stem.removeprefix("ctl_")
        for path in (PROJECT / "models" / "controls").rglob("ctl_*.sql")
    }
    assert files == register()


def test_every_control_has_its_smallest_fault() -> None:
    assert set(FAULTS) == register()


@pytest.mark.parametrize("control", sorted(FAULTS))
def test_a_control_finds_its_fault_and_no_unrelated_one_speaks(
    judged: Judged, control: str
) -> None:
    spoke = judged.fired.get(BROKEN[control], set())
    assert control in spoke
    assert spoke <= {control, *FAULTS[control].also}


@pytest.mark.parametrize("kind", sorted(CLEAN))
def test_a_clean_company_trips_nothing(judged: Judged, kind: str) -> None:
    assert judged.fired.get(CLEAN[kind], set()) == set()


@pytest.mark.parametrize(
    ("p", "edge"),
    zip(EDGES, BOUNDARIES, strict=True),
    ids=[f"{p}-{edge.control}" for p, edge in zip(EDGES, BOUNDARIES, strict=True)],
)
def test_a_rule_ends_where_it_says(judged: Judged, p: str, edge: Boundary) -> None:
    named = [row[2].split(maxsplit=1) for row in judged.findings if row[0] == edge.control]
    idents = {ident for system, ident in named if ident.startswith(p) or system == f"edge_{p}"}
    assert {ident.removeprefix(p) for ident in idents} == edge.finds


def test_what_is_found_is_what_was_written_down(judged: Judged) -> None:
    assert found(judged) == expected()


def test_a_ledger_of_its_own_is_given_to_what_a_whole_ledger_is_judged_by() -> None:
    assert set(FAULTS) >= OWN_FOLDER


def test_the_money_of_a_root_lies_in_the_one_sided_pieces_of_its_gap(judged: Judged) -> None:
    """Named pieces of the bridge, which are counted once, hold what a root counts.

    At the edges lines bill at a price what was never delivered: they are wrong, and the bridge has
    no work for them.
    """
    with duckdb.connect(str(judged.settings.build), read_only=True) as connection:
        roots = connection.execute("""
            select exceptions.control_id, exceptions.entity_id, exceptions.cause, exceptions.counted_amount,
                exceptions.bridge_pieces, controls.bridge_gap
            from marts.fct_exceptions as exceptions
            inner join marts.dim_control as controls using (control_id)
            where controls.bridge_gap is not null and root_exception_key is null and value_at_risk_amount > 0
        """).fetchall()
        pieces = {
            key: (gap, abs(from_amount - to_amount))
            for key, gap, from_amount, to_amount in connection.execute(
                "select bridge_item_key, gap, from_amount, to_amount from marts.fct_bridge"
                " where 0 in (from_amount, to_amount)"
            ).fetchall()
        }
    assert {control for control, *_ in roots} >= {
        "delivered_not_invoiced",
        "duplicate_invoice",
        "receivable_overdue",
    }
    handed_out: dict[str, Decimal] = defaultdict(Decimal)
    for control, ident, cause, counted, named, gap in roots:
        if ident.startswith(EDGES) and not named:
            continue
        shares = json.loads(named or "[]", parse_float=Decimal)
        assert shares or cause in WITHOUT_PIECES, f"{control} {ident} lies in no piece"
        assert sum((Decimal(share["counted_amount"]) for share in shares), Decimal(0)) == counted
        for share in shares:
            assert pieces[share["bridge_item_key"]][0] == gap
            handed_out[share["bridge_item_key"]] += Decimal(share["counted_amount"])
    assert all(amount <= pieces[key][1] for key, amount in handed_out.items())


@pytest.mark.parametrize(
    "model", [*sorted(f"ctl_{control}" for control in FAULTS), *FRAMES][:: 1 if WHOLE else EACH]
)
def test_a_broken_rule_is_noticed(judged: Judged, model: str) -> None:
    """A mutant of each third model; `make mutants` tries every one of all."""
    alive, tried = survivors(judged, model, None if WHOLE else SAMPLE)
    assert tried
    unnoticed, known = {mutant.what for mutant in alive}, known_survivors(model)
    assert unnoticed == known if WHOLE else unnoticed <= known


def test_few_broken_rules_are_not_noticed_and_each_says_why() -> None:
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) <= MOST_SURVIVORS
    assert {row["model"] for row in rows} <= {f"ctl_{control}" for control in FAULTS} | set(FRAMES)
    assert all(row["reason"] for row in rows)


def test_the_frames_that_are_broken_are_all_that_there_are(judged: Judged) -> None:
    assert frames(judged) == FRAMES


@pytest.mark.parametrize("word", ["load_id", "load_count", "landed_at", "run_id"])
def test_no_evidence_says_how_or_how_often_a_record_arrived(word: str) -> None:
    assert f'""{word}""' not in EXPECTED.read_text(encoding="utf-8")
