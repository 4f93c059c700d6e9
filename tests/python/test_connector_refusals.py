"""What a source refuses, what its books are in, what its accounts do not say: told by name, and
stopping no more."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import hubspot_world
import pytest
from test_hubspot import TOKEN, Warehouse
from tests.python.xero_company import world
from tests.python.xero_landing import asked, landed
from tests.python.xero_world import NOW, World

from tieout.contracts.check import check
from tieout.contracts.findings import SystemCheck
from tieout.contracts.rules import Whole
from tieout.contracts.settings_of_systems import roles_of_entity, roles_of_xero
from tieout.errors import AuthError
from tieout.settings import Settings
from tieout.sources.http.session import ApiSession
from tieout.sources.hubspot import client as hubspot_client
from tieout.sources.hubspot import source as hubspot
from tieout_demo.servers.hubspot import server as hubspot_server
from tieout_demo.servers.xero import server as xero_server

LEDGER = {"journals", "journal_lines", "trial_balances", "trial_balance_rows"}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hubspot_client, "ApiSession", functools.partial(ApiSession, sleep=lambda seconds: None)
    )
    monkeypatch.setitem(sys.modules, "tieout.sources.hubspot.source", hubspot)


def _xero(documents: World, *refused: str) -> xero_server.XeroServer:
    faults = xero_server.Faults(refuse=frozenset(refused))
    return xero_server.serve(
        documents, now=NOW, minute_seconds=1, calls_a_minute=9999, faults=faults
    )


def _checked(output: Path, day: date) -> SystemCheck:
    (outcome,) = check(Settings(output=output, as_of=day), lambda *_: None)
    return outcome


def _said(outcome: SystemCheck) -> dict[str, str]:
    return {found.table: f"{found.severity}: {found}" for found in outcome.findings}


def test_a_ledger_without_the_scope_for_journals_lands_its_documents(tmp_path: Path) -> None:
    """Xero grants /Journals on request only. When it does, the next run has them all."""
    with _xero(world(), "Journals") as server:
        outcome = landed(tmp_path, server)
        assert outcome.error is None
        assert outcome.refused.keys() == LEDGER
        assert "answered 403" in outcome.refused["journals"]
        assert asked(tmp_path, "select count(*) from raw_xero.invoices") == [(6,)]
        assert asked(tmp_path, "select count(*) from raw_xero.journals") == [(0,)]
        found = _checked(tmp_path, NOW.date())
        assert found.status == "accepted"
        assert {
            table for table, words in _said(found).items() if "lets us read it" in words
        } == LEDGER
        server.http.gate.refuse = frozenset()
        again = landed(tmp_path, server)
    assert (again.error, again.refused) == (None, {})
    assert asked(tmp_path, "select count(*) from raw_xero.journals") == [(9,)]


def test_reports_may_be_refused_alone(tmp_path: Path) -> None:
    with _xero(world(), "Reports/TrialBalance", "Items") as server:
        outcome = landed(tmp_path, server)
    assert outcome.error is None
    assert outcome.refused.keys() == {"trial_balances", "trial_balance_rows", "items"}
    assert asked(tmp_path, "select count(*) from raw_xero.journals") == [(9,)]


@pytest.mark.parametrize("needed", ["Invoices", "Contacts", "Payments", "CreditNotes", "Accounts"])
def test_what_is_needed_still_stops_the_ledger(tmp_path: Path, needed: str) -> None:
    with _xero(world(), needed) as server:
        outcome = landed(tmp_path, server)
    assert isinstance(outcome.error, AuthError)
    assert needed in outcome.error.cause
    assert asked(tmp_path, "select count(*) from tieout_meta.loads") == [(0,)]


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[tuple[Warehouse, hubspot_server.HubSpotServer]]:
    with hubspot_server.serve(hubspot_world.world(), token=TOKEN) as server:
        yield Warehouse(tmp_path, server), server


def test_a_token_without_the_scope_for_quotes_lands_the_rest(
    crm: tuple[Warehouse, hubspot_server.HubSpotServer],
) -> None:
    warehouse, server = crm
    server.faults = hubspot_server.Faults(refuse=frozenset({"quotes"}))
    outcome = warehouse.land()
    assert outcome.error is None
    assert outcome.refused.keys() == {
        "quotes", "quote_deals", "quote_line_items", "quote_history",
    }  # fmt: skip
    assert warehouse.rows("select count(*) from deals") == [(2,)]
    server.faults = hubspot_server.Faults()
    assert warehouse.land().refused == {}
    assert warehouse.rows("select quote_id, deal_id from quote_deals") == [("41", "11")]


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("quotes/line_items", "quote_line_items"),
        ("quotes/batch", "quote_history"),
        ("0-3/batch", "deal_history"),
    ],
)
def test_one_question_that_hubspot_refuses_is_one_table_less(
    crm: tuple[Warehouse, hubspot_server.HubSpotServer], path: str, table: str
) -> None:
    """When HubSpot answers again, all of it is read, not what changed meanwhile alone."""
    warehouse, server = crm
    stage = hubspot_world.history(dealstage=[(hubspot_world.at(1), "open")])
    status = hubspot_world.history(hs_status=[(hubspot_world.at(1), "APPROVED")])
    server.hold(
        hubspot_world.world(
            deals=[hubspot_world.deal(11) | stage, hubspot_world.deal(12, day=9) | stage],
            quotes=[hubspot_world.quote(41, of=11, lines=(21,)) | status],
        )
    )
    server.faults = hubspot_server.Faults(refuse=frozenset({path}))
    outcome = warehouse.land()
    assert outcome.error is None
    assert outcome.refused.keys() == {table}
    assert "answered 403" in outcome.refused[table]
    counts = "select count(*) from quotes union all select count(*) from quote_deals"
    assert warehouse.rows(counts) == [(1,), (1,)]
    assert warehouse.rows(f"select count(*) from {table}") == [(0,)]
    server.faults = hubspot_server.Faults()
    assert warehouse.land().refused == {}
    assert warehouse.rows(f"select count(*) from {table}") == [
        (2 if table == "deal_history" else 1,)
    ]


@pytest.mark.parametrize("needed", ["0-3", "companies", "line_items"])
def test_what_is_needed_still_stops_hubspot(
    crm: tuple[Warehouse, hubspot_server.HubSpotServer], needed: str
) -> None:
    warehouse, server = crm
    server.faults = hubspot_server.Faults(refuse=frozenset({needed}))
    assert isinstance(warehouse.land().error, AuthError)


def test_books_in_another_currency_than_the_seed_says_are_refused_by_name(tmp_path: Path) -> None:
    documents = world()
    documents["Organisation"][0]["BaseCurrency"] = "EUR"
    with _xero(documents) as server:
        assert landed(tmp_path, server).error is None
    found = _checked(tmp_path, NOW.date())
    assert found.status == "rejected"
    assert found.reason is not None
    for word in ("xero", "EUR", "source_systems.csv says GBP", "base_currency"):
        assert word in found.reason


def test_roles_that_the_chart_leaves_to_its_types_are_told(tmp_path: Path) -> None:
    """The tests' chart is in the seed, but for a bank account without a code and sales of a kind of
    their own."""
    documents = world()
    bank, sales = dict(documents["Accounts"][0]), dict(documents["Accounts"][1])
    bank |= {"AccountID": "11111111-1111-4111-8111-111111111111", "Name": "Till"}
    del bank["Code"]
    sales |= {
        "AccountID": "22222222-2222-4222-8222-222222222222",
        "Code": "4711",
        "Type": "SALES",
        "Name": "Shop",
    }
    documents["Accounts"] += [bank, sales]
    with _xero(documents) as server:
        assert landed(tmp_path, server).error is None
    words = _said(_checked(tmp_path, NOW.date()))["accounts"]
    assert words.startswith("warning")
    assert "11111111-1111-4111-8111-111111111111 cash, 4711 revenue" in words
    assert "account_roles.csv" in words


CHART = "select * from (values {rows}) as chart (account_code, account_type, account_role)"
XERO_CHART = "select * from (values {rows}) as chart (account_id, code, type, system_account)"


def _faults(rules: list[Whole], records: str) -> list[str | None]:
    with duckdb.connect() as connection:
        return [rule.fault(connection, records, "ledger") for rule in rules]


@pytest.mark.parametrize(
    ("rows", "lacks"),
    [
        ("('1', 'asset', 'receivable'), ('2', 'revenue', 'revenue')", None),
        ("('1', 'asset', null), ('2', 'revenue', null)", "no account of role receivable:"),
        ("('1', 'asset', 'receivable'), ('2', 'expense', null)", "no account of role revenue:"),
        ("('1', 'asset', 'cash')", "no account of role receivable and none of role revenue:"),
    ],
)
def test_books_that_cannot_be_read_say_so(rows: str, lacks: str | None) -> None:
    _, said = _faults(roles_of_entity(), CHART.format(rows=rows))
    assert (
        (said is None)
        if lacks is None
        else (said is not None and lacks in said and "account_roles.csv" in said)
    )


def test_no_chart_is_no_ledger() -> None:
    """A folder of timesheets has no accounts, and lacks none."""
    empty: Any = CHART.format(rows="('1', 'asset', 'cash')") + " where false"
    assert _faults(roles_of_entity(), empty) == [None, None]


def test_xero_names_its_debtors_itself() -> None:
    rows = (
        "('a', '610', 'CURRENT', 'DEBTORS'), ('b', ' ', 'BANK', null), ('c', '200', 'SALES', null)"
    )
    chart = XERO_CHART.format(rows=rows)
    by_type, lacking = _faults(roles_of_xero(), chart)
    assert lacking is None
    assert by_type is not None
    assert "200 revenue, 610 receivable, b cash" in by_type
