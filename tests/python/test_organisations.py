"""The benchmark of labelled organisations, on a small folder: what it prints is counted right, with
both baselines."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from benchmarks import organisations
from benchmarks.companies.corruption import Row
from benchmarks.companies.records import Labelled, labelled

COLUMNS = ("customer_id", "customer_name", "address_line", "postal_code", "phone", "country")
GROUP = [("Acme Holdings Ltd", "Acme Logistics Ltd"), ("Bolt Deutschland GmbH", "Bolt France SARL")]


def write(path: Path, rows: list[Row], columns: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def world() -> Labelled:
    return labelled(21, 260, with_partner=0.8, half=0)


@pytest.fixture(scope="module")
def folder(world: Labelled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the folder of real organisations has it."""
    folder = tmp_path_factory.mktemp("labelled")
    for system, name in (("crm", "portal"), ("ledger", "directories")):
        write(folder / f"sites_{name}.csv", world.systems[system], COLUMNS)
    truth = [
        {"customer_id": record, "entity_id": str(number)}
        for (_, record), number in world.company.items()
    ]
    write(folder / "sites_truth.csv", truth, ("customer_id", "entity_id"))
    pairs = [{"name_1": one, "name_2": other} for one, other in GROUP]
    write(folder / "group_pairs.csv", pairs, ("name_1", "name_2"))
    return folder


def test_the_table_counts_every_way_on_the_same_records(
    world: Labelled, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    organisations.report(folder, tmp_path)
    printed = capsys.readouterr().out
    (sites,) = organisations.sets(folder)
    names = {"crm": "portal", "ledger": "directories"}
    true = {
        frozenset((names[system], record) for system, record in (pair.left, pair.right))
        for pair in world.pairs
    }
    assert sites.pairs == true
    rows = {
        cells[0]: [float(cell) for cell in cells[1:]]
        for line in printed.splitlines()
        if line.startswith("| ")
        and (cells := [cell.strip() for cell in line.strip("|").split("|")])[0]
    }
    assert set(rows) == {
        "automatic",
        "queue answered",
        "Splink by hand, without labels",
        "token set",
    }
    assert rows["automatic"][0] > 0.95
    assert rows["automatic"][1] > 0.6
    # An answer adds pairs, and takes none away.
    assert rows["queue answered"][1] >= rows["automatic"][1]
    assert all(0 < share <= 1 for row in rows.values() for share in row)
    assert "companies of a group: 0 of 2 joined" in printed


def test_what_the_model_learnt_from_and_what_is_reported_apart_share_no_entity(
    folder: Path,
) -> None:
    (sites,) = organisations.sets(folder)
    taught = {
        frozenset(organisations._record(record) for record in pair)
        for pair in organisations.taught_pairs(sites)
    }
    assert taught
    assert taught <= sites.pairs
    assert taught.isdisjoint(sites.held_out(sites.pairs))
    assert sites.held_out(sites.pairs) | taught == sites.pairs


def test_each_record_counts_alike_where_clusters_are_judged() -> None:
    """Two of three found, one that belongs to nobody, and one that is wrongly with it."""
    truth = {
        ("s", record): entity
        for record, entity in [("1", "a"), ("2", "a"), ("3", "a"), ("4", "b"), ("5", "c")]
    }
    known = organisations.Organisations("small", {}, truth)
    precision, recall = organisations.by_record(
        known, {frozenset({("s", "1"), ("s", "2")}), frozenset({("s", "4"), ("s", "5")})}
    )
    assert precision == pytest.approx((1 + 1 + 1 + 1 / 2 + 1 / 2) / 5)
    assert recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
