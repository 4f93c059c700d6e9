"""`tieout train`: learning from the customers at hand, without labels, into a file that makes
builds repeat."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from benchmarks.companies.records import Labelled, labelled, write

from tieout.errors import TieoutError
from tieout.identity import training
from tieout.identity.scoring import MODEL, scored_pairs
from tieout.identity.train import moved, train_step
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

RECORDS = 1_700


@pytest.fixture(scope="module")
def world() -> Labelled:
    return labelled(3, RECORDS, half=0)


@pytest.fixture(scope="module")
def built(world: Labelled, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("train")
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=write(world, folder / "imports")
    )
    settings.prepare()
    land(["imports"], settings.imports, settings.config, settings.output)
    own_tests = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    build(
        settings, lambda *_: None, ["+int_customer_questions", "+int_customer_compared", *own_tests]
    )
    return settings


@pytest.fixture(autouse=True)
def fewer_pairs_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PAIRS", 100_000)


def trained(settings: Settings, folder: Path) -> dict[str, Any]:
    path = folder / "model.json"
    shutil.copy(MODEL, path)
    train_step(settings, path)
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_it_writes_the_next_version_and_the_same_records_give_the_same_model(
    built: Settings, copy_of: Callable[[Settings], Settings], tmp_path: Path
) -> None:
    before = json.loads(MODEL.read_text(encoding="utf-8"))
    first = trained(built, tmp_path)
    assert first["version"] == before["version"] + 1
    assert first["known_pairs"] > 0
    assert any(row[2] != row[3] for row in moved(before, first))
    # Whatever the order in which the records lie.
    turned = copy_of(built)
    with duckdb.connect(str(turned.build)) as connection:
        connection.execute("""
            create table turned as select * from intermediate.int_customer_compared order by hash(record_id);
            drop table intermediate.int_customer_compared;
            create table intermediate.int_customer_compared as select * from turned
        """)
    assert trained(turned, tmp_path) == first


def test_what_it_learnt_finds_the_pairs_again(
    built: Settings, world: Labelled, tmp_path: Path
) -> None:
    trained(built, tmp_path)
    with duckdb.connect(str(built.build), read_only=True) as connection:
        records = connection.execute(
            "select * from intermediate.int_customer_compared"
        ).to_arrow_table()
    clusters = {row["record_id"]: row["cluster_id"] for row in records.to_pylist()}
    true = {
        frozenset((f"{p.left[0]}|{p.left[1]}", f"{p.right[0]}|{p.right[1]}")) for p in world.pairs
    }
    asked = {pair for pair in true if len({clusters.get(record, record) for record in pair}) == 2}

    def found(model: Path) -> set[frozenset[str]]:
        pairs = scored_pairs(records, model, 0.95, lambda *_: None).to_pylist()
        return {frozenset((pair["left_record_id"], pair["right_record_id"])) for pair in pairs}

    before, now = found(MODEL), found(tmp_path / "model.json")
    assert len(now & asked) / len(asked) > 0.8
    # Companies of one group are among both: what speaks against a pair is asked after its
    # probability.
    assert len(now - true) < 1.1 * len(before - true)


def test_pairs_are_the_same_in_half_of_a_builds_memory_which_it_has_again_afterwards(
    built: Settings, tmp_path: Path
) -> None:
    with duckdb.connect(str(built.build), read_only=True) as connection:
        records = connection.execute(
            "select * from intermediate.int_customer_compared"
        ).to_arrow_table()
    with duckdb.connect(
        str(tmp_path / "beside.duckdb"), config={"memory_limit": "600MB", "threads": 1}
    ) as beside:
        before = beside.execute("select current_setting('memory_limit')").fetchone()
        meanwhile = []

        def progress(*_: int) -> None:
            meanwhile.append(beside.execute("select current_setting('memory_limit')").fetchone())

        pairs = scored_pairs(records, MODEL, 0.2, progress, beside=beside)
        after = beside.execute("select current_setting('memory_limit')").fetchone()
    assert after == before
    assert meanwhile
    assert before not in meanwhile
    assert pairs == scored_pairs(records, MODEL, 0.2, lambda *_: None)
    assert [path.name for path in tmp_path.iterdir()] == ["beside.duckdb"]


def test_what_people_decided_is_learnt_from_and_no_pair_counts_twice(
    built: Settings, copy_of: Callable[[Settings], Settings], world: Labelled, tmp_path: Path
) -> None:
    plain = trained(built, tmp_path)
    decided = copy_of(built)
    with duckdb.connect(str(decided.build)) as connection:
        rows = [
            ("|".join(pair.left), "|".join(pair.right))
            for pair in world.pairs
            if pair.kind == "trading_name"
        ]
        connection.executemany(
            "insert into intermediate.int_identity_decisions"
            " (entity, pair_id, left_record_id, right_record_id, decision)"
            " values ('customer', 'p', ?, ?, 'same'), ('customer', 'q', ?, ?, 'different')",
            [(left, right, left, "nobody|1") for left, right in rows],
        )
    path = tmp_path / "model.json"
    shutil.copy(MODEL, path)
    with_people = train_step(decided, path)
    assert (plain["answers"], with_people["answers"]) == (0, 2 * len(rows))
    assert with_people["known_pairs"] == plain["known_pairs"]
    assert with_people["splink"] != plain["splink"]
    # Trained again on the same, it says the same: what the file began with is kept, not what it
    # became.
    again = train_step(decided, path)
    assert again["version"] == with_people["version"] + 1
    assert again["splink"] == with_people["splink"]


def answered(settings: Settings, rows: list[tuple[str, str]], decision: str) -> None:
    with duckdb.connect(str(settings.build)) as connection:
        connection.executemany(
            "insert into intermediate.int_identity_decisions"
            " (entity, pair_id, left_record_id, right_record_id, decision)"
            " values ('customer', ?, ?, ?, ?)",
            [(f"{left} = {right}", left, right, decision) for left, right in rows],
        )


def bits(model: dict[str, Any]) -> dict[tuple[str, str], float]:
    """By comparison and level, what it says for one customer."""
    return {
        (comparison["output_column_name"], level["label_for_charts"]): math.log2(
            level["m_probability"] / level["u_probability"]
        )
        for comparison in model["splink"]["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    }


def test_fifty_answers_move_what_they_are_about_either_way_and_leave_the_rest(
    built: Settings, copy_of: Callable[[Settings], Settings], tmp_path: Path
) -> None:
    """Whatever people say of pairs that nothing else holds apart, the score says more like it
    afterwards."""
    names = [
        comparison["output_column_name"]
        for comparison in json.loads(MODEL.read_text())["splink"]["comparisons"]
    ]
    with duckdb.connect(str(built.build), read_only=True) as connection:
        rows = connection.execute(f"""
            select pairs.left_record_id, pairs.right_record_id, {", ".join(f"pairs.{name}_level" for name in names)}
            from intermediate.int_customer_pairs as pairs
            inner join intermediate.int_customer_negative_evidence as held
                on pairs.left_record_id = held.left_record_id and pairs.right_record_id = held.right_record_id
            where held.objection is null
            order by abs(pairs.match_weight), 1, 2
            limit 50
        """).fetchall()
    assert len(rows) >= 20
    plain = trained(built, tmp_path)
    told = {}
    for decision in ("same", "different"):
        settings = copy_of(built)
        answered(settings, [row[:2] for row in rows], decision)
        told[decision] = trained(settings, tmp_path)

    def says(model: dict[str, Any]) -> float:
        """The average bits that a model gives these pairs by their levels."""
        by_level = [
            [
                math.log2(level["m_probability"] / level["u_probability"])
                for level in reversed(levels)
            ]
            for comparison in model["splink"]["comparisons"]
            if (
                levels := [
                    one for one in comparison["comparison_levels"] if not one.get("is_null_level")
                ]
            )
        ]
        total = sum(
            by_level[place][level]
            for row in rows
            for place, level in enumerate(row[2:])
            if level >= 0
        )
        return total / len(rows)

    assert says(told["same"]) > says(plain) + 0.2
    assert says(told["different"]) < says(plain) - 2
    # What nobody was asked about says what it said.
    asked = {(name, level) for row in rows for name, level in zip(names, row[2:], strict=True)}
    for number, name in enumerate(names):
        levels = [
            [
                one
                for one in model["splink"]["comparisons"][number]["comparison_levels"]
                if not one.get("is_null_level")
            ]
            for model in (plain, told["same"], told["different"])
        ]
        for place, same in enumerate(zip(*levels, strict=True)):
            if (name, len(levels[0]) - 1 - place) not in asked:
                assert len({level["m_probability"] for level in same}) == 1


def test_answers_alone_teach_where_there_are_too_few_customers_for_more(
    built: Settings, copy_of: Callable[[Settings], Settings], tmp_path: Path
) -> None:
    few = copy_of(built)
    with duckdb.connect(str(few.build)) as connection:
        connection.execute(
            "delete from intermediate.int_customer_keys where hash(record_id) % 4 > 0"
        )
        rows = connection.execute(
            "select left_record_id, right_record_id from intermediate.int_customer_negative_evidence"
            " where objection is null order by abs(match_weight), 1, 2 limit 20"
        ).fetchall()
    answered(few, rows, "same")
    before = json.loads(MODEL.read_text(encoding="utf-8"))
    now = trained(few, tmp_path)
    assert now["answers"] == len(rows)
    # How often what differs agrees cannot be learnt from so few: it stays.
    for was, comparison in zip(
        before["splink"]["comparisons"], now["splink"]["comparisons"], strict=True
    ):
        for old, new in zip(was["comparison_levels"], comparison["comparison_levels"], strict=True):
            assert old.get("u_probability") == new.get("u_probability")
    assert bits(now) != bits(before)


def test_too_few_customers_leave_the_model_as_it_is(
    built: Settings, copy_of: Callable[[Settings], Settings], tmp_path: Path
) -> None:
    few = copy_of(built)
    with duckdb.connect(str(few.build)) as connection:
        connection.execute(
            "delete from intermediate.int_customer_compared where hash(record_id) % 4 > 0"
        )
    path = tmp_path / "model.json"
    shutil.copy(MODEL, path)
    with pytest.raises(TieoutError, match="too few"):
        train_step(few, path)
    assert path.read_bytes() == MODEL.read_bytes()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"splink": {"comparisons": []}}'])
def test_what_is_no_model_is_refused_and_kept(built: Settings, tmp_path: Path, text: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TieoutError):
        train_step(built, path)
    assert path.read_text(encoding="utf-8") == text
