"""The demo's ledger keeps the manners of the real one, so that a connector proved against it is
proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
import requests
from tests.python.xero_company import world
from tests.python.xero_world import NOW, invoice, line, uid

from tieout_demo.servers.xero.gate import Gate
from tieout_demo.servers.xero.query import QueryError, where
from tieout_demo.servers.xero.reports import trial_balance
from tieout_demo.servers.xero.server import Faults, XeroServer, serve


class Caller:
    """A client without manners of its own: it shows what the server says."""

    def __init__(self, server: XeroServer) -> None:
        self.server = server
        form = {"grant_type": "client_credentials"}
        answer = requests.post(
            server.token_url, data=form, auth=(server.client_id, server.client_secret), timeout=5
        )
        self.headers = {
            "Authorization": f"Bearer {answer.json()['access_token']}",
            "xero-tenant-id": server.tenant_id,
        }

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(
            f"{self.server.base_url}/{path}", headers={**self.headers, **headers}, timeout=5
        )

    def json(self, path: str, **headers: str) -> Any:
        return json.loads(self.get(path, **headers).text, parse_float=Decimal)


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    documents = world()
    documents["Invoices"] += [
        invoice(
            f"MANY-{number:03}",
            date(2026, 1, 5),
            "Ash Ltd",
            [line(f"many {number}", "10.10", "2.02")],
        )
        for number in range(120)
    ]
    with serve(documents, now=NOW, calls_a_minute=10_000) as server:
        yield Caller(server)


def test_pages_are_a_hundred_documents_and_say_how_many_there_are(caller: Caller) -> None:
    first = caller.json("Invoices?page=1")
    last = caller.json("Invoices?page=2")
    beyond = caller.json("Invoices?page=3")
    assert first["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 2, "itemCount": 126}
    assert (len(first["Invoices"]), len(last["Invoices"]), beyond["Invoices"]) == (100, 26, [])


def test_line_items_come_only_with_paged_calls(caller: Caller) -> None:
    unpaged = caller.json("Invoices")
    assert "pagination" not in unpaged
    assert all(document["LineItems"] == [] for document in unpaged["Invoices"])
    assert all(document["LineItems"] for document in caller.json("Invoices?page=1")["Invoices"])


def test_if_modified_since_gives_what_changed_at_or_after_it(caller: Caller) -> None:
    changed = caller.json("Invoices?page=1", **{"If-Modified-Since": "2026-03-02T09:00:00"})
    assert [document["InvoiceNumber"] for document in changed["Invoices"]] == ["INV-4"]
    http_date = caller.json(
        "Invoices?page=1", **{"If-Modified-Since": "Mon, 02 Mar 2026 09:00:01 GMT"}
    )
    assert http_date["Invoices"] == []


def test_where_and_order_filter_as_in_the_description(caller: Caller) -> None:
    found = caller.json(
        'Invoices?page=1&where=Type=="ACCREC" AND Date>=DateTime(2026,2,1)&order=InvoiceNumber DESC'
    )
    assert [document["InvoiceNumber"] for document in found["Invoices"]] == [
        "INV-5",
        "INV-4",
        "INV-3",
        "INV-2",
    ]
    either = where('Status=="PAID" OR (Total>100 AND Contact.Name=="Ash Ltd")')
    assert either({"Status": "DRAFT", "Total": Decimal(101), "Contact": {"Name": "Ash Ltd"}})
    assert not either({"Status": "DRAFT", "Total": Decimal(101), "Contact": {"Name": "Other"}})
    with pytest.raises(QueryError, match="expected op"):
        where('Status("PAID")')


def test_what_xero_would_refuse_is_refused(caller: Caller) -> None:
    assert caller.get("Invoices?where=nonsense(").status_code == 400
    assert caller.get("Invoices?page=0").status_code == 400
    assert caller.get("Invoices?colour=red").status_code == 400


def test_archived_contacts_come_only_when_asked_for(caller: Caller) -> None:
    assert len(caller.json("Contacts?page=1")["Contacts"]) == 2
    assert len(caller.json("Contacts?page=1&includeArchived=true")["Contacts"]) == 3


def test_unit_prices_have_four_decimals_only_when_asked_for(caller: Caller) -> None:
    assert caller.json("Items")["Items"][0]["SalesDetails"]["UnitPrice"] == Decimal("50.12")
    assert caller.json("Items?unitdp=4")["Items"][0]["SalesDetails"]["UnitPrice"] == Decimal(
        "50.1234"
    )


def test_dates_come_with_and_without_offset_and_some_amounts_as_strings(caller: Caller) -> None:
    documents = [
        *caller.json("Invoices?page=1")["Invoices"],
        *caller.json("Invoices?page=2")["Invoices"],
    ]
    dates = {
        document["Date"] for document in documents if document["InvoiceNumber"].startswith("MANY")
    }
    assert dates == {"/Date(1767571200000+0000)/", "/Date(1767571200000)/"}
    totals = {type(document["Total"]) for document in documents}
    assert totals == {str, Decimal}
    assert {
        document["DateString"] for document in documents if document["InvoiceNumber"] == "MANY-001"
    } == {"2026-01-05T00:00:00"}


def test_a_document_looks_the_same_on_every_call(caller: Caller) -> None:
    assert caller.json("Invoices?page=2")["Invoices"] == caller.json("Invoices?page=2")["Invoices"]


def test_the_journal_offset_is_a_number_not_a_count(caller: Caller) -> None:
    journals = caller.json("Journals?offset=9")["Journals"]
    assert [journal["JournalNumber"] for journal in journals] == [12, 13, 20, 22, 31]


def test_the_trial_balance_moves_earlier_years_to_retained_earnings(caller: Caller) -> None:
    report = caller.json("Reports/TrialBalance?date=2026-01-31")["Reports"][0]
    lines = [
        row
        for section in report["Rows"]
        for row in section.get("Rows", [])
        if row["RowType"] == "Row"
    ]
    figures = {
        row["Cells"][0]["Value"]: [cell["Value"] for cell in row["Cells"][1:]] for row in lines
    }
    assert figures["Maintenance (200)"] == ["", "210.00", "", "210.00"]
    assert figures["Retained earnings (960)"] == ["0.00", "", "", "40.00"]
    assert figures["Accounts receivable (610)"] == ["180.00", "", "220.00", ""]


def test_a_chart_without_retained_earnings_is_refused() -> None:
    documents = world()
    documents["Accounts"] = [
        account for account in documents["Accounts"] if account["Code"] != "960"
    ]
    with pytest.raises(LookupError, match="RETAINEDEARNINGS"):
        trial_balance(documents, date(2026, 1, 31))


def test_an_unknown_path_fails_and_is_recorded(caller: Caller) -> None:
    assert caller.get("Quotes").status_code == 404
    assert caller.server.unknown == ["GET /api.xro/2.0/Quotes"]


def test_without_token_401_with_an_ended_one_401_with_another_tenant_403() -> None:
    with serve(world(), now=NOW) as server:
        caller = Caller(server)
        assert caller.get("Items", Authorization="Bearer nobody").status_code == 401
        assert caller.get("Items", **{"xero-tenant-id": uid("another")}).status_code == 403
        assert caller.get("Items").status_code == 200
        server.expire_tokens()
        answer = caller.get("Items")
        assert (answer.status_code, answer.json()["Detail"]) == (401, "TokenExpired: token expired")


def test_a_wrong_secret_gets_no_token() -> None:
    with serve(world(), now=NOW) as server:
        form = {
            "grant_type": "client_credentials",
            "client_id": server.client_id,
            "client_secret": "wrong",
        }
        answer = requests.post(server.token_url, data=form, timeout=5)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_calls_beyond_the_minute_are_429_with_the_time_to_wait() -> None:
    with serve(world(), now=NOW, calls_a_minute=3, minute_seconds=60) as server:
        caller = Caller(server)
        statuses = [caller.get("Items").status_code for _ in range(4)]
        answer = caller.get("Items")
        assert statuses == [200, 200, 200, 429]
        assert answer.headers["X-Rate-Limit-Problem"] == "minute"
        assert answer.headers["X-MinLimit-Remaining"] == "0"
        assert 50 <= int(answer.headers["Retry-After"]) <= 60


def test_more_than_five_at_once_are_refused() -> None:
    gate = Gate(("a", "b"), "t", Faults(), calls_a_minute=60, minute_seconds=60, token_seconds=60)
    token = gate.token(
        {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}, ""
    )
    assert isinstance(token, dict)
    verdicts = []
    for _ in range(6):
        caller = Thread(
            target=lambda: verdicts.append(gate.enter(f"Bearer {token['access_token']}", "t"))
        )
        caller.start()
        caller.join()
    assert [verdict.status for verdict in verdicts] == [200] * 5 + [429]
    assert verdicts[-1].headers["X-Rate-Limit-Problem"] == "concurrent"


def test_faults_come_by_the_number_of_the_call() -> None:
    with serve(world(), now=NOW, faults=Faults(error_every=3, throttle_every=4)) as server:
        caller = Caller(server)
        assert [caller.get("Items").status_code for _ in range(9)] == [
            200,
            200,
            500,
            429,
            200,
            503,
            200,
            429,
            500,
        ]
