"""Who is who: exact rules, followed to their end, whatever the order of arrival."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.findings.review import Link
from tieout.findings.review import write as write_link
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build
from tieout.warehouse.history import attached, write_customers

Row = dict[str, str]
Keys = dict[tuple[str, str], str]
HOSTILE = "Robert'); drop table customers;--"
CHAIN = 40
OWN_TESTS = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
UNTESTED = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


def customer(customer_id: str, name: str, **columns: str) -> Row:
    return {"customer_id": customer_id, "customer_name": name, **columns}


def world() -> dict[str, list[Row]]:
    """Three systems, each with customers that the others know under other names."""
    chain = [
        customer(
            f"link{number}", f"Link {number}", legal_name=f"Link {number + 1} Ltd", country="GB"
        )
        for number in range(CHAIN)
    ]
    crm = [
        customer(
            "1",
            "Zürich Müller AG",
            tax_number="CHE-123.456.789 MWST",
            country="CH",
            created_at="2025-01-01",
        ),
        customer("2", "Harbour Foods", registration_number="01234567", country="GB"),
        customer("3", "Group Holding", website="https://group.example", country="GB"),
        customer("4", "Group Services", website="group.example/services", country="GB"),
        customer("5", "Alpha", country="GB"),
        customer("6", "Twin", tax_number="GB111222333", country="GB"),
        customer("7", "Twin", tax_number="GB444555666", country="GB"),
        customer("8", HOSTILE, country="GB"),
        customer("9", "Free Mailer", email="a@gmail.com", country="GB"),
        customer("777001", "Named by its id", country="GB"),
        *chain,
    ]
    ledger = [
        customer("100", "MUELLER", tax_number="che 123456789", country="CH"),
        customer("200", "Harbour Foods Intl", registration_number="1234567", country="GB"),
        customer("300", "Group", website="www.group.example", country="GB"),
        customer("5", "Beta", country="GB"),
        customer("600", "TWIN LIMITED", country="GB"),
        customer("800", HOSTILE.upper() + " Ltd", country="GB"),
        customer("900", "Other Mailer", email="b@gmail.com", country="GB"),
        customer("1000", "Quite another name", registration_number="777001"),
    ]
    return {"crm": crm, "ledger": ledger}


def write(folder: Path, systems: dict[str, list[Row]]) -> Path:
    columns = ["customer_id", "customer_name", "legal_name", "tax_number", "registration_number", "website", "email",
               "phone", "address_line", "city", "postal_code"]  # fmt: skip
    for system, rows in systems.items():
        (folder / system).mkdir(parents=True)
        with (folder / system / "customers.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*columns, "country", "created_at"])
            writer.writeheader()
            writer.writerows(rows)
    (folder / "crm" / "deals.csv").write_text(
        "deal_id,customer_id,stage,currency,created_on\nD1,1,open,GBP,2025-01-01\n",
        encoding="utf-8",
    )
    return folder


def identified(folder: Path, systems: dict[str, list[Row]]) -> Settings:
    settings = Settings(
        output=folder / "warehouse",
        systems=("imports",),
        imports=write(folder / "imports", systems),
    )
    settings.prepare()
    land(["imports"], settings.imports, settings.config, settings.output)
    marts = ["+xref_customer", "+dim_customer", "+fct_customer_changes", "+fct_customer_values"]
    build(settings, lambda *_: None, [*marts, *OWN_TESTS])
    return settings


def rows_of(settings: Settings, columns: str) -> list[tuple[str, ...]]:
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        return connection.execute(f"select {columns} from marts.xref_customer").fetchall()


def keys_of(settings: Settings) -> Keys:
    return {
        (system, record): key
        for system, record, key in rows_of(settings, "source_system, source_id, customer_key")
    }


def same(keys: Keys) -> set[frozenset[tuple[str, str]]]:
    """The customers that are more than one record."""
    clusters: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for record, key in keys.items():
        clusters[key].add(record)
    return {frozenset(records) for records in clusters.values() if len(records) > 1}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return identified(tmp_path_factory.mktemp("identity"), world())


def test_each_rule_joins_what_it_should_and_nothing_else(warehouse: Settings) -> None:
    assert same(keys_of(warehouse)) == {
        frozenset({("crm", "1"), ("ledger", "100")}),
        frozenset({("crm", "2"), ("ledger", "200")}),
        frozenset({("crm", "8"), ("ledger", "800")}),
        frozenset({("crm", "777001"), ("ledger", "1000")}),
        frozenset(("crm", f"link{number}") for number in range(CHAIN)),
    }


def test_the_rule_that_joined_is_kept(warehouse: Settings) -> None:
    rules = {
        (system, record): (rule, status)
        for system, record, rule, status in rows_of(
            warehouse, "source_system, source_id, match_rule, match_status"
        )
    }
    assert rules["ledger", "100"] == ("tax_number", "automatic")
    assert rules["ledger", "200"] == ("registration_number", "automatic")
    assert rules["ledger", "800"] == ("name_and_country", "automatic")
    assert rules["ledger", "1000"] == ("cross_reference", "automatic")
    assert rules["crm", "5"] == rules["ledger", "5"] == ("own_record", "automatic")


@pytest.mark.parametrize(("record", "candidates"), [("300", {"3", "4"}), ("600", {"6", "7"})])
def test_what_could_be_either_of_two_is_a_suggestion(
    warehouse: Settings, record: str, candidates: set[str]
) -> None:
    keys = keys_of(warehouse)
    status, runner_up = next(
        (status, runner_up)
        for system, source_id, status, runner_up in rows_of(
            warehouse, "source_system, source_id, match_status, runner_up_key"
        )
        if (system, source_id) == ("ledger", record)
    )
    assert status == "suggested"
    assert runner_up in {keys["crm", candidate] for candidate in candidates}


def test_keys_depend_on_neither_order_nor_strangers_nor_later_records(
    warehouse: Settings, tmp_path: Path
) -> None:
    systems = world()
    for rows in systems.values():
        rows.reverse()
    systems["crm"].insert(0, customer("0", "A stranger", country="GB", created_at="2000-01-01"))
    systems["agency"] = [
        customer(
            "A1", "Muller Zurich", tax_number="CHE123456789", country="CH", created_at="1999-01-01"
        )
    ]
    before, after = keys_of(warehouse), keys_of(identified(tmp_path, systems))
    assert {record: after[record] for record in before} == before
    assert after["agency", "A1"] == before["crm", "1"]


def names_of(settings: Settings) -> dict[str, str]:
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        return dict(
            connection.execute(
                "select customer_key, customer_name from marts.dim_customer"
            ).fetchall()
        )


def test_another_order_of_systems_changes_what_a_customer_is_called_and_nothing_else(
    warehouse: Settings, copy_of: Callable[[Settings], Settings]
) -> None:
    settings = copy_of(warehouse)
    before, keys = names_of(settings), rows_of(settings, "*")
    muller = keys_of(settings)["crm", "1"]
    with duckdb.connect(str(settings.build)) as connection:
        connection.execute("""
            insert into seeds.customer_survivorship
            select 'customer_name', 1, 'ledger', null, 'Finance', 'as invoiced', 'Director', current_date
        """)
    chosen = [
        "int_customer_survivorship+,+dim_customer",
        "int_customer_survivorship+,+fct_customer_values",
    ]
    build(settings, lambda *_: None, [*chosen, "--exclude", "resource_type:seed", *UNTESTED])
    after = names_of(settings)
    assert (before[muller], after[muller]) == ("Zürich Müller AG", "MUELLER")
    assert before.keys() == after.keys()
    assert sorted(rows_of(settings, "*")) == sorted(keys)
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        lost = connection.execute(
            "select attribute_value, surviving_value, reason from marts.fct_customer_values"
            " where customer_key = ? and attribute = 'customer_name' and not is_surviving",
            [muller],
        ).fetchall()
    assert lost == [("Zürich Müller AG", "MUELLER", "policy puts ledger first")]


SPELLINGS = [
    customer("10", "Bramwell & Sons Joinery Ltd", phone="+44 161 555 0101", postal_code="M1 2AB", city="Manchester",
             address_line="12 Canal Street", country="GB", created_at="2025-01-01"),
    customer("11", "Bramwel and Sons Joinery Limited", phone="0161 555 0101", postal_code="M1 2AB", city="Manchester",
             address_line="12 Canal St", country="GB", created_at="2025-02-01"),
    customer("12", "Bramwell & Sons Holdings Ltd", phone="+44 161 555 0101", postal_code="M1 2AB", city="Manchester",
             address_line="12 Canal Street", country="GB", created_at="2025-03-01"),
]  # fmt: skip


def alike() -> dict[str, list[Row]]:
    """One company in two spellings, and a company of its group at the same door."""
    return {"crm": [SPELLINGS[0], SPELLINGS[2]], "ledger": [SPELLINGS[1]]}


def test_likeness_joins_two_spellings_and_not_the_group(tmp_path: Path) -> None:
    settings = identified(tmp_path, alike())
    assert same(keys_of(settings)) == {frozenset({("crm", "10"), ("ledger", "11")})}
    rules = {record: (rule, probability) for record, rule, probability in rows_of(
        settings, "source_id, match_rule, cast(match_probability as varchar)")}  # fmt: skip
    assert rules["11"][0] == "probability"
    assert Decimal("0.95") <= Decimal(rules["11"][1]) <= 1
    # A person says otherwise, in one line of the seed: the next build keeps them apart, and asks no
    # more.
    with duckdb.connect(str(settings.build)) as connection:
        connection.execute(
            "insert into seeds.customer_links values"
            " ('crm', '10', 'ledger', '11', 'different', 'two brothers', 'Ann', date '2026-01-02')"
        )
    rebuild(settings)
    assert same(keys_of(settings)) == set()
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        known = connection.execute(
            "select count(*) from marts.dim_customer where record_count = 1"
        ).fetchone()
        asked = connection.execute(
            "select left_record_id, right_record_id from intermediate.int_customer_questions"
        ).fetchall()
    assert known == (3,)
    assert ("crm|10", "ledger|11") not in asked


def rebuild(settings: Settings) -> None:
    """Builds again what hangs on people's decisions, without loading their seed anew."""
    touched = ("xref_customer", "dim_customer", "int_customer_questions", "fct_customer_changes")
    chosen = [f"int_identity_decisions+,+{model}" for model in touched]
    build(settings, lambda *_: None, [*chosen, "--exclude", "resource_type:seed", *UNTESTED])


def changes(settings: Settings) -> list[tuple[str, ...]]:
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        return connection.execute(
            "select change, source_system, customer_id, reason from marts.fct_customer_changes where is_new"
        ).fetchall()


def decide(settings: Settings, statement: str) -> None:
    """Lets a day pass, then changes the seed and builds."""
    with attached(settings) as connection:
        write_customers(connection, date(2026, 1, 1))
    with duckdb.connect(str(settings.build)) as connection:
        connection.execute(statement)
    rebuild(settings)


def test_a_split_and_a_merge_leave_their_reason_and_the_key_with_the_one_who_gave_it(
    tmp_path: Path,
) -> None:
    settings = identified(tmp_path, alike())
    before = keys_of(settings)
    assert changes(settings) == []
    decide(
        settings,
        "insert into seeds.customer_links values"
        " ('crm', '10', 'ledger', '11', 'different', 'two brothers', 'Ann', date '2026-01-02')",
    )
    apart = keys_of(settings)
    assert {record for record in before if apart[record] != before[record]} == {("ledger", "11")}
    assert changes(settings) == [("split", "ledger", "11", "Ann decided: two brothers")]
    decide(settings, "delete from seeds.customer_links")
    assert keys_of(settings) == before
    assert changes(settings) == [("merged", "ledger", "11", "joined by probability")]
    decide(settings, "delete from seeds.customer_links")
    assert changes(settings) == []
    with duckdb.connect(str(settings.history), read_only=True) as history:
        kept = history.execute("select change from customer_changes order by change").fetchall()
    assert kept == [("merged",), ("split",)]


LINK = Link("crm", "10", "ledger", "11", "different", "two brothers", "Ann", date(2026, 1, 2))


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "perhaps"},
        {"reason": " "},
        {"decided_by": ""},
        {"right_system": "crm", "right_id": "10"},
    ],
)
def test_an_answer_without_what_it_needs_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(TieoutError):
        write_link(replace(LINK, **change), tmp_path / "customer_links.csv")
    assert not (tmp_path / "customer_links.csv").exists()


def test_an_answer_takes_the_place_of_the_one_before_whichever_way_round(tmp_path: Path) -> None:
    seed = tmp_path / "customer_links.csv"
    write_link(LINK, seed)
    write_link(replace(LINK, left_id="1"), seed)
    write_link(
        Link("ledger", "11", "crm", "10", "same", 'one, "renamed"', "Bob", date(2026, 1, 3)), seed
    )
    assert seed.read_text(encoding="utf-8").splitlines() == [
        "left_system,left_id,right_system,right_id,decision,reason,decided_by,decided_on",
        "crm,1,ledger,11,different,two brothers,Ann,2026-01-02",
        'ledger,11,crm,10,same,"one, ""renamed""",Bob,2026-01-03',
    ]
