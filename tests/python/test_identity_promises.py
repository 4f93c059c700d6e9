"""What identity promises: one answer whatever the order, nobody moved by a stranger, a link undone
by one line."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from benchmarks.companies.corruption import Row
from benchmarks.companies.records import COLUMNS, Labelled, labelled

from tieout.findings.review import Link
from tieout.findings.review import write as write_link
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build
from tieout.warehouse.history import attached, write_customers

OWN_TESTS = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
UNTESTED = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
"""The keys and laws of identity hold in the first build; the others are compared with it."""

Links = dict[tuple[str, str], tuple[object, ...]]
"""By system and id: key, rule, probability, status and what else it could be."""

STRANGER = {
    "customer_id": "C0",
    "customer_name": "Zyxomma Logistics Ltd",
    "website": "https://zyxomma.example",
    "phone": "+44 20 7946 0999",
    "address_line": "1 Nowhere Lane",
    "city": "London",
    "postal_code": "ZX9 9ZX",
    "country": "GB",
}


@pytest.fixture(scope="module")
def world() -> Labelled:
    return labelled(9, 700, half=0)


def linked(
    folder: Path,
    *loads: dict[str, list[Row]],
    marts: tuple[str, ...] = (),
    options: Sequence[str] = UNTESTED,
) -> Links:
    """Lands the loads one after the other, builds, and says who is who."""
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports"
    )
    settings.prepare()
    for load in loads:
        for system, rows in load.items():
            (folder / "imports" / system).mkdir(parents=True, exist_ok=True)
            with (folder / "imports" / system / "customers.csv").open(
                "w", encoding="utf-8", newline=""
            ) as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(rows)
        land(["imports"], settings.imports, settings.config, settings.output)
    build(settings, lambda *_: None, ["+xref_customer", *marts, *options])
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        rows = connection.execute(
            "select source_system, source_id, customer_key, match_rule, match_probability, match_status, runner_up_key"
            " from marts.xref_customer"
        ).fetchall()
    return {(row[0], row[1]): row[2:] for row in rows}


@pytest.fixture(scope="module")
def links(world: Labelled, tmp_path_factory: pytest.TempPathFactory) -> Links:
    return linked(tmp_path_factory.mktemp("links"), world.systems, options=OWN_TESTS)


def test_likeness_and_rules_both_join_here(links: Links) -> None:
    rules = [rule for _, rule, *_ in links.values()]
    assert rules.count("probability") > 30
    assert rules.count("tax_number") > 10


def test_neither_the_order_of_rows_nor_of_loads_changes_a_link_or_a_key(
    world: Labelled, links: Links, tmp_path: Path
) -> None:
    rng = random.Random(4)  # noqa: S311 - an order, not a secret
    halves: list[dict[str, list[Row]]] = [{}, {}]
    for system, rows in reversed(world.systems.items()):
        turned = rng.sample(rows, len(rows))
        halves[0][system], halves[1][system] = turned[: len(rows) // 2], turned[len(rows) // 2 :]
    assert linked(tmp_path, *halves) == links


def test_one_unrelated_customer_changes_nobodys_link_or_key(
    world: Labelled, links: Links, tmp_path: Path
) -> None:
    more = {**world.systems, "crm": [STRANGER, *world.systems["crm"]]}
    after = linked(tmp_path, more)
    stranger = after.pop(("crm", "C0"))
    assert after == links
    assert stranger[0] not in {key for key, *_ in links.values()}


def test_a_key_changes_with_new_records_and_a_new_system_only_where_that_is_written_down(
    world: Labelled, tmp_path: Path
) -> None:
    """Half of one system first, and another that knows only account numbers; then the rest, by
    name."""
    (first, known), (second, others) = world.systems.items()
    accounts = [
        {
            **dict.fromkeys(row, ""),
            "customer_id": row["customer_id"],
            "customer_name": f"Account {row['customer_id']}",
        }
        for row in others
    ]
    marts = ("+fct_customer_changes",)
    before = linked(tmp_path, {first: known[::2], second: accounts}, marts=marts)
    settings = Settings(
        output=tmp_path / "warehouse", systems=("imports",), imports=tmp_path / "imports"
    )
    with attached(settings) as connection:
        write_customers(connection, date(2026, 1, 1))
    after = linked(tmp_path, world.systems, marts=marts)
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        written = connection.execute(
            "select source_system, customer_id, from_customer_key, to_customer_key"
            " from marts.fct_customer_changes where is_new"
        ).fetchall()
    changed = {
        (*record, link[0], after[record][0])
        for record, link in before.items()
        if after[record][0] != link[0]
    }
    assert len(changed) > 30
    assert set(written) == changed
    assert len(written) == len(changed)
    # Nobody new takes the key of somebody who is still there.
    assert {link[0] for link in before.values()} - {link[0] for link in after.values()} <= {
        key for *_, key, _ in written
    }
    assert len({link[0] for link in after.values()}) < len(after)


def test_one_line_of_the_seed_undoes_a_link_and_the_marts_show_it(
    small_warehouse: Settings, copy_of: Callable[[Settings], Settings], tmp_path: Path
) -> None:
    settings = copy_of(small_warehouse)
    before = invoiced(settings)
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        rule = connection.execute(
            "select match_rule from marts.xref_customer where source_system = 'ledger' and source_id = '300'"
        ).fetchone()
    assert rule == ("probability",)
    seed = tmp_path / "customer_links.csv"
    write_link(
        Link("office", "C3", "ledger", "300", "different", "two brothers", "Ann", date(2026, 2, 1)),
        seed,
    )
    assert len(seed.read_text(encoding="utf-8").splitlines()) == 2
    with duckdb.connect(str(settings.build)) as connection:
        connection.execute(
            f"insert into seeds.customer_links select * from read_csv('{seed}', all_varchar = true)"
        )
    marts = ("fct_stage_events", "fct_receivables", "dim_customer", "fct_match_sensitivity")
    chosen = [f"int_identity_decisions+,+{mart}" for mart in marts]
    build(
        replace(settings, as_of=date(2026, 2, 28)),
        lambda *_: None,
        [*chosen, "--exclude", "resource_type:seed", *UNTESTED],
    )
    after = invoiced(settings)
    # What was invoiced and booked of one customer is of two; nothing is lost, and nobody else is
    # touched.
    (was,) = before.keys() - {key for key, amounts in before.items() if after.get(key) == amounts}
    (now,) = after.keys() - before.keys()
    assert before[was][0] > 0
    assert before[was][1] > 0
    assert {after[was], after[now]} == {(before[was][0], Decimal(0)), (Decimal(0), before[was][1])}
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        weak = connection.execute(
            "select count(*) from marts.fct_match_sensitivity where entity = 'customer' and match_rule = 'probability'"
        ).fetchone()
        owing = connection.execute(
            "select count(*) from marts.fct_receivables where customer_key = ? or customer_key = ?",
            [was, now],
        ).fetchone()
    assert weak == (0,)
    assert owing is not None
    assert owing[0] > 0


def invoiced(settings: Settings) -> dict[str, tuple[Decimal, Decimal]]:
    """By customer: what is booked and what is invoiced."""
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        rows = connection.execute(
            "select customer_key, sum(case when stage = 'booked' then reporting_amount else 0 end),"
            " sum(case when stage = 'invoiced' then reporting_amount else 0 end) from marts.fct_stage_events group by 1"
        ).fetchall()
    return {key: (booked, billed) for key, booked, billed in rows}
