"""Who is one company and who is not, on pairs of records as systems of many countries write them,
set down by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

FIXTURES = Path(__file__).parents[1] / "fixtures"
PAIRS = (FIXTURES / "customer_pairs.csv", FIXTURES / "customer_pairs_near.csv")
"""Pairs of all kinds, forty and more that are one and do not look it, and as many that are not and
do."""
OWN = ("pair", "expected", "what", "side")

Row = dict[str, str]


def pairs() -> dict[str, tuple[Row, Row]]:
    """The two records of each pair; what `what` says is within one system is of one."""
    rows: list[Row] = []
    for path in PAIRS:
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return {left["pair"]: (left, right) for left, right in zip(rows[::2], rows[1::2], strict=True)}


def system_of(row: Row) -> str:
    return "crm" if row["side"] == "l" or row["what"].startswith("one system") else "ledger"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By pair: joined, asked or apart."""
    folder = tmp_path_factory.mktemp("pairs")
    records: dict[str, list[Row]] = {"crm": [], "ledger": []}
    for row in (row for both in pairs().values() for row in both):
        columns = {name: value for name, value in row.items() if name not in OWN}
        records[system_of(row)].append({"customer_id": row["pair"] + row["side"], **columns})
    for system, rows in records.items():
        (folder / "imports" / system).mkdir(parents=True)
        with (folder / "imports" / system / "customers.csv").open(
            "w", encoding="utf-8", newline=""
        ) as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports"
    )
    settings.prepare()
    land(["imports"], settings.imports, settings.config, settings.output)
    own_tests = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    build(settings, lambda *_: None, ["+xref_customer", "+int_customer_questions", *own_tests])
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        keys = dict(
            connection.execute("select source_id, customer_key from marts.xref_customer").fetchall()
        )
        asked = {
            frozenset((left.split("|")[1], right.split("|")[1]))
            for left, right in connection.execute(
                "select left_record_id, right_record_id from intermediate.int_customer_questions"
            ).fetchall()
        }
    found = {}
    for pair in pairs():
        left, right = f"{pair}l", f"{pair}r"
        is_asked = frozenset((left, right)) in asked
        found[pair] = "joined" if keys[left] == keys[right] else "asked" if is_asked else "apart"
    # No record of one pair is a record of another.
    assert len(set(keys.values())) == 2 * len(pairs()) - list(found.values()).count("joined")
    return found


@pytest.mark.parametrize("pair", pairs())
def test_a_pair_is_what_a_person_would_say(outcomes: dict[str, str], pair: str) -> None:
    left, right = pairs()[pair]
    good = {"joined": {"joined"}, "asked": {"asked", "joined"}, "apart": {"apart", "asked"}}[
        left["expected"]
    ]
    assert outcomes[pair] in good, (
        f"{left['what']}: {left['customer_name']} / {right['customer_name']}"
    )
