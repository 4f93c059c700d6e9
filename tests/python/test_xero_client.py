"""How Xero is asked and its answers are read: tokens, limits, dates, amounts, journals, reports;
nothing is landed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.python.xero_company import FEB, MARCH, world
from tests.python.xero_world import NOW, journal

from tieout.errors import AuthError, DriftError
from tieout.landing.table_types import Extract
from tieout.sources.http.retry import Retry
from tieout.sources.xero.client import Settings, XeroClient
from tieout.sources.xero.documents import INVOICES
from tieout.sources.xero.ledger import ledger, period_ends, trial_balance
from tieout.sources.xero.movements import PAYMENTS
from tieout.sources.xero.records import day, instant, rows
from tieout_demo.servers.xero.server import Faults, serve

PROJECT = Path(__file__).parents[2]


def client(server: Any, **more: Any) -> XeroClient:
    retry = Retry(first_pause=0.01, total_pause=5)
    limits = {"calls_per_minute": 100_000, "page_size": 2, "retry": retry}
    return XeroClient(
        Settings(
            server.base_url,
            server.token_url,
            server.client_id,
            server.client_secret,
            server.tenant_id,
            **limits,
        ),
        **more,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1539993600000+0000)/", "2018-10-20T00:00:00"),
        ("/Date(1539993600000)/", "2018-10-20T00:00:00"),
        ("/Date(1541176290160+1300)/", "2018-11-02T16:31:30.160000"),
        ("/Date(-86400000+0000)/", "1969-12-31T00:00:00"),
        ("2018-10-20T00:00:00", "2018-10-20T00:00:00"),
        ("2018-10-20T02:00:00+02:00", "2018-10-20T00:00:00"),
        ("2018-10-20T00:00:00Z", "2018-10-20T00:00:00"),
    ],
)
def test_each_form_of_date_is_read(text: str, expected: str) -> None:
    assert instant(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1769904000000+0000)/", "2026-02-01"),
        ("/Date(1769904000000)/", "2026-02-01"),
        # Midnight of 1 February in Auckland, and in New York.
        ("/Date(1769857200000+1300)/", "2026-02-01"),
        ("/Date(1769922000000-0500)/", "2026-02-01"),
        ("2026-02-01T00:00:00", "2026-02-01"),
        ("2026-02-01T00:00:00+13:00", "2026-02-01"),
    ],
)
def test_a_day_is_the_one_that_its_document_bears(text: str, expected: str) -> None:
    assert day(text).isoformat() == expected


def test_amounts_and_flags_may_be_strings() -> None:
    document = {
        "PaymentID": "p",
        "PaymentType": "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "Date": "/Date(0)/",
        "UpdatedDateUTC": "/Date(0)/",
        "Amount": "50.00",
        "BankAmount": Decimal("50.1"),
        "IsReconciled": "false",
    }
    ((_, row),) = rows(PAYMENTS, document)
    assert (row["amount"], row["bank_amount"], row["is_reconciled"]) == (
        Decimal("50.00"),
        Decimal("50.1"),
        False,
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"Total": "a lot"}, "total of .* \\('a lot'\\) is not of type amount"),
        ({"Total": {"Amount": 1}}, "total .* is not of type amount"),
        ({"Total": True}, "total .* is not of type amount"),
        ({"Date": "soon"}, "issued_on .* \\('soon'\\) is not of type date"),
        ({"Status": None}, "status .* is missing"),
        ({"LineItems": "none"}, "LineItems .* is not a list"),
    ],
)
def test_a_retyped_or_missing_field_is_named(change: dict[str, Any], named: str) -> None:
    sound = {
        "InvoiceID": "i-1",
        "Type": "ACCREC",
        "Contact": {"ContactID": "c"},
        "Status": "PAID",
        "CurrencyCode": "GBP",
    }
    amounts = {
        "SubTotal": 1,
        "TotalTax": 0,
        "Total": 1,
        "Date": "/Date(0)/",
        "UpdatedDateUTC": "/Date(0)/",
    }
    assert list(rows(INVOICES, {**sound, **amounts}))
    with pytest.raises(DriftError, match=f"xero.invoices: {named}"):
        list(rows(INVOICES, {**sound, **amounts, **change}))


def test_refusals_and_failures_are_waited_out() -> None:
    with serve(world(), now=NOW, faults=Faults(error_every=3, throttle_every=4)) as server:
        reader = client(server)
        numbers = [
            one["InvoiceNumber"] for page in reader.pages(INVOICES, None) for one in page.documents
        ]
    assert sorted(numbers) == ["BILL-1", "INV-1", "INV-2", "INV-3", "INV-4", "INV-5"]


def test_the_wait_that_xero_asks_for_is_kept() -> None:
    with serve(world(), now=NOW, calls_a_minute=1, minute_seconds=1) as server:
        reader = client(server)
        started = time.monotonic()
        for _ in range(2):
            reader.get("Items", "Items", {})
    assert time.monotonic() - started >= 1


def test_a_token_that_ends_mid_run_is_renewed_once() -> None:
    with serve(world(), now=NOW) as server:
        reader = client(server)
        assert reader.get("Items", "Items", {}).documents
        server.expire_tokens()
        assert reader.get("Items", "Items", {}).documents


def test_a_token_is_renewed_before_it_ends() -> None:
    clock = [0.0]
    with serve(world(), now=NOW) as server:
        reader = client(server, clock=lambda: clock[0])
        reader.get("Items", "Items", {})
        before = server.tokens_issued
        clock[0] = 1700.0
        reader.get("Items", "Items", {})
        assert server.tokens_issued == before
        clock[0] = 1750.0
        reader.get("Items", "Items", {})
        assert server.tokens_issued == before + 1


def test_a_401_that_a_new_token_does_not_mend_stops_with_what_to_do() -> None:
    with serve(world(), now=NOW, token_seconds=0) as server, pytest.raises(AuthError, match="401"):
        client(server).get("Items", "Items", {})


def test_journals_with_gaps_are_all_read_and_later_ones_continue() -> None:
    documents = world()
    far = [
        journal(1000 + 7 * number, FEB, "INV-1", "ACCREC", [("610", "1"), ("200", "-1")])
        for number in range(230)
    ]
    more = journal(99_999, MARCH, "INV-1", "ACCREC", [("610", "1"), ("200", "-1")])
    extract = Extract(state={})

    def numbers(reader: XeroClient) -> list[int]:
        batches = [batch for table, batch in ledger(reader, extract) if table == "journals"]
        return [row["journal_number"] for batch in batches for row in batch]  # type: ignore[union-attr]

    with serve(
        {**documents, "Journals": [*documents["Journals"], *far]}, now=NOW, calls_a_minute=999
    ) as server:
        reader = client(server)
        assert numbers(reader) == [
            1,
            2,
            5,
            9,
            12,
            13,
            20,
            22,
            31,
            *(one["JournalNumber"] for one in far),
        ]
        first = [path for path in server.requests if path.startswith("Journals")]
        server.load({**documents, "Journals": [*documents["Journals"], *far, more]}, NOW)
        again = numbers(reader)
    assert first == [f"Journals?offset={offset}" for offset in (0, 1630, 2330, 2603)]
    # The last hundred numbers once more, in case one of them was given out and posted late.
    assert again == [number for number in range(1000, 2604, 7) if number > 2603 - 100] + [99_999]
    assert extract.state["journal_number"] == 99_999


def test_period_ends_are_those_that_have_passed() -> None:
    assert list(period_ends(date(2025, 11, 30), date(2026, 1, 31))) == [
        date(2025, 11, 30),
        date(2025, 12, 31),
        date(2026, 1, 31),
    ]
    assert list(period_ends(date(2026, 1, 1), date(2026, 1, 30))) == []


def _report(change: Callable[[list[dict[str, Any]]], None]) -> dict[str, Any]:
    def row(kind: str, *values: str) -> dict[str, Any]:
        return {
            "RowType": kind,
            "Cells": [
                {"Value": value, "Attributes": [{"Id": "account", "Value": "a"}]}
                for value in values
            ],
        }

    body = [
        row("Row", "Bank (UK) (090)", "10.00", "", "30.00", ""),
        row("Row", "Sales", "", "10.00", "", "30.00"),
    ]
    rows_ = [
        row("Header", "Account", "Debit", "Credit", "YTD Debit", "YTD Credit"),
        {"RowType": "Section", "Rows": body},
        {
            "RowType": "Section",
            "Rows": [row("SummaryRow", "Total", "10.00", "10.00", "30.00", "30.00")],
        },
    ]
    change(rows_)
    return {"ReportTitles": ["Trial Balance"], "Rows": rows_}


def test_a_trial_balance_is_read_by_account_with_or_without_a_code() -> None:
    _, lines = trial_balance(FEB, _report(lambda rows_: None))
    assert [(one["account_name"], one["account_code"], one["ytd_debit"]) for one in lines] == [
        ("Bank (UK)", "090", Decimal("30.00")),
        ("Sales", None, Decimal(0)),
    ]


def test_a_trial_balance_that_does_not_add_up_is_refused() -> None:
    def lose_a_row(rows_: list[dict[str, Any]]) -> None:
        del rows_[1]["Rows"][0]

    with pytest.raises(
        DriftError, match=r"add up to 0 and 30\.00, but the report says 30\.00 and 30\.00"
    ):
        trial_balance(FEB, _report(lose_a_row))


def test_a_trial_balance_with_other_columns_is_refused() -> None:
    def rename(rows_: list[dict[str, Any]]) -> None:
        rows_[0]["Cells"][3]["Value"] = "Balance"

    with pytest.raises(DriftError, match="YTD Debit"):
        trial_balance(FEB, _report(rename))
