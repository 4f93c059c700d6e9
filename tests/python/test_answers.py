"""People's answers that cannot all be true: both are named, when one is given and when the
warehouse is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.findings.review import Link, write
from tieout.identity.answers import Answer, check_answers, contradictions, read_answers
from tieout.settings import PROJECT, Settings
from tieout.warehouse import build as building
from tieout.warehouse.build import build

DAY = date(2026, 3, 1)


def link(left: str, right: str, decision: str, by: str = "Ann") -> Link:
    return Link("crm", left, "crm", right, decision, "she knows them", by, DAY)


def answer(left: str, right: str, decision: str = "same") -> Answer:
    return Answer(("crm", left), ("crm", right), decision == "same", "Ann", DAY.isoformat())


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([answer("1", "2"), answer("2", "3"), answer("1", "4", "different")], 0),
        ([answer("1", "2"), answer("2", "1", "different")], 1),
        ([answer("1", "2"), answer("2", "3"), answer("3", "4"), answer("4", "1", "different")], 1),
        ([answer("1", "2", "different"), answer("1", "2", "different")], 0),
        (
            [
                answer("1", "2"),
                answer("1", "3"),
                answer("2", "3", "different"),
                answer("3", "2", "different"),
            ],
            2,
        ),
        # In a circle of the same nothing is wrong.
        ([answer("1", "2"), answer("2", "3"), answer("3", "1")], 0),
    ],
)
def test_only_what_cannot_all_be_true_contradicts(answers: list[Answer], found: int) -> None:
    assert len(contradictions(answers)) == found
    assert len(contradictions(answers[::-1])) == found


def test_an_answer_that_contradicts_a_chain_of_others_is_refused_and_all_are_named(
    tmp_path: Path,
) -> None:
    seed = tmp_path / "customer_links.csv"
    write(link("1", "2", "same"), seed)
    write(link("2", "3", "same", "Bob"), seed)
    before = seed.read_bytes()
    with pytest.raises(TieoutError) as refused:
        write(link("3", "1", "different", "Cleo"), seed)
    for part in (
        "crm:3 is different from crm:1 (Cleo",
        "crm:1 is the same as crm:2 (Ann",
        "crm:3 (Bob, 2026-03-01)",
    ):
        assert part in str(refused.value)
    assert seed.read_bytes() == before
    # The other way about: two that were called different do not become one by way of a third.
    write(link("1", "9", "different"), seed)
    with pytest.raises(TieoutError, match="crm:1 is different from crm:9"):
        write(link("3", "9", "same"), seed)
    # Answered again, it takes the place of what was said before, and no longer contradicts it.
    write(link("2", "3", "different", "Bob"), seed)
    write(link("3", "9", "same"), seed)
    assert len(read_answers(seed)) == 4


def test_a_seed_that_contradicts_itself_stops_a_build_before_it_begins(
    small_warehouse: Settings,
    copy_of: Callable[[Settings], Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seed = tmp_path / "product_links.csv"
    write(link("1", "2", "same"), seed)
    with seed.open("a", encoding="utf-8") as file:
        file.write("crm,2,crm,1,different,a slip,Bob,2026-03-02\n")
    monkeypatch.setattr(
        building, "check_answers", lambda: check_answers([tmp_path / "nothing.csv", seed])
    )
    settings = copy_of(small_warehouse)
    stamp = settings.build.stat().st_mtime_ns
    with pytest.raises(
        TieoutError,
        match=r"crm:2 is different from crm:1 \(Bob, 2026-03-02\), but crm:1 is the same",
    ):
        build(settings, lambda *_: None)
    assert settings.build.stat().st_mtime_ns == stamp


def test_answers_of_every_kind_are_taken_into_a_build_that_is_there() -> None:
    """A seed of answers is one that says who decided."""
    seeds = sorted((PROJECT / "seeds" / "company").glob("*.csv"))
    answered = {
        seed.stem
        for seed in seeds
        if "decided_on" in seed.read_text(encoding="utf-8").split("\n")[0]
    }
    assert {f"{name}+" for name in answered if name.endswith("_links")} == set(building.DECISIONS)


def test_answers_about_records_that_nobody_has_stop_the_build_and_are_listed(
    small_warehouse: Settings, copy_of: Callable[[Settings], Settings]
) -> None:
    """Of customers, products and people; where only one of the two records is missing, that one."""
    settings = copy_of(small_warehouse)
    with duckdb.connect(str(settings.build)) as connection:
        for noun, left, right in (
            ("customer", "C1", "gone"),
            ("customer", "C1 ", "gone too"),
            ("product", "no such", "none"),
            ("person", "nobody", "no one"),
        ):
            connection.execute(
                f"insert into seeds.{noun}_links values"
                " ('office', ?, 'ledger', ?, 'different', 'a slip', 'Ann', date '2026-01-02')",
                [left, right],
            )
    # Seeds are not loaded again: what stands in them now is what a person wrote.
    decisions = ["int_identity_decisions"]
    with pytest.raises(TieoutError) as refused:
        build(settings, lambda *_: None, [*decisions, "law_answers_name_records"])
    told = str(refused.value)
    listed = told[told.index("law_answers_name_records") :].splitlines()[0].split(": ", 2)[2]
    assert listed.split("; ") == [
        "customer ledger|gone = office|C1 ledger|gone",
        "customer ledger|gone too = office|C1  ledger|gone too",
        "customer ledger|gone too = office|C1  office|C1 ",
        "person ledger|no one = office|nobody ledger|no one",
        "person ledger|no one = office|nobody office|nobody",
        "and 2 more",
    ]
