"""The Xero connector, against the demo's ledger over real HTTP and into a real raw database."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.check import check
from pipelines.contracts.xero import SUITE
from pipelines.demo.xero_server import Faults, serve
from pipelines.errors import AuthError, DriftError
from pipelines.land import Landed
from pipelines.rawlog import Extract
from pipelines.settings import Settings as RunSettings
from pipelines.sources.http import Retry
from pipelines.sources.xero_client import Settings, XeroClient
from pipelines.sources.xero_documents import INVOICES
from pipelines.sources.xero_ledger import ledger, period_ends, trial_balance
from pipelines.sources.xero_movements import PAYMENTS
from pipelines.sources.xero_records import instant, rows
from tests.python.xero_company import FEB, MARCH, world
from tests.python.xero_landing import asked, configure, content, landed
from tests.python.xero_world import EUR_RATE, NOW, World, allocation, at, invoice, journal, line, payment, uid

PROJECT = Path(__file__).parents[2]


def client(server: Any, **more: Any) -> XeroClient:
    retry = Retry(first_pause=0.01, total_pause=5)
    limits = {"calls_per_minute": 100_000, "page_size": 2, "retry": retry}
    return XeroClient(
        Settings(server.base_url, server.token_url, server.client_id, server.client_secret, server.tenant_id, **limits),
        **more,
    )


@dataclass(frozen=True)
class Story:
    """A ledger that was landed, landed again, and landed once more after a day on which things happened."""

    output: Path
    first: Landed
    again: Landed
    unchanged: bool
    changed: Landed
    quiet: Landed
    # The paths asked for by each of the last two landings.
    changed_calls: list[str]
    quiet_calls: list[str]

    def counts(self, outcome: Landed, entity: str) -> tuple[int, int, int]:
        found = next(one for one in outcome.entities if one.entity == entity)
        return found.new_count, found.changed_count, found.deleted_count


def _a_day_later() -> World:
    """INV-1 lost a line, INV-3 was paid, INV-9 appeared with a change older than the newest, December was posted to."""
    documents = world()
    newest = max(one["UpdatedDateUTC"] for one in documents["Invoices"])
    shorter = documents["Invoices"][0] | {"UpdatedDateUTC": NOW}
    shorter["LineItems"] = shorter["LineItems"][:1]
    documents["Invoices"][0] = shorter
    documents["Invoices"][2] |= {"Status": "PAID", "UpdatedDateUTC": NOW}
    straggler = invoice("INV-9", FEB, "Ash Ltd", [line("z", "1")], UpdatedDateUTC=newest - timedelta(minutes=5))
    documents["Invoices"].append(straggler)
    late = journal(40, date(2025, 12, 20), "M-9", "MANJOURNAL", [("610", "5"), ("200", "-5")])
    documents["Journals"].append(late)
    return documents


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    output = tmp_path_factory.mktemp("story")
    with serve(world(), now=NOW, minute_seconds=1, calls_a_minute=999) as server:
        first = landed(output, server)
        before = content(output)
        again = landed(output, server)
        unchanged = content(output) == before
        server.load(_a_day_later(), NOW)
        calls = len(server.requests)
        changed = landed(output, server)
        calls, changed_calls = len(server.requests), server.requests[calls:]
        quiet = landed(output, server)
        quiet_calls = server.requests[calls:]
        assert server.unknown == []
    return Story(output, first, again, unchanged, changed, quiet, changed_calls, quiet_calls)


def test_everything_the_ledger_has_is_landed_once(story: Story) -> None:
    assert story.first.error is None
    assert story.again.row_count == 0
    assert story.unchanged
    counts = {entity.entity: entity.received_count for entity in story.first.entities}
    assert (counts["invoices"], counts["invoice_lines"], counts["journals"], counts["journal_lines"]) == (6, 7, 9, 21)
    assert (counts["credit_note_allocations"], counts["trial_balances"], counts["tracking_options"]) == (4, 3, 1)


def test_what_the_source_said_it_has_is_noted_on_every_run(story: Story) -> None:
    said = {entity.entity: (entity.said_count, entity.said_amount) for entity in story.again.entities}
    # All six, though the second run was given only what changed of late.
    assert said["invoices"] == (6, None)
    assert said["trial_balances"] == (3, Decimal("40.00") + Decimal("280.00") + Decimal("220.00"))


def test_a_later_run_lands_only_what_changed(story: Story) -> None:
    assert story.counts(story.changed, "invoices") == (1, 2, 0)
    assert story.counts(story.changed, "contacts") == (0, 0, 0)
    assert story.counts(story.changed, "journals") == (1, 0, 0)
    assert story.quiet.row_count == 0
    versions = asked(
        story.output, "select status, _version from raw_xero.invoices where invoice_number = 'INV-3' order by 2"
    )
    assert versions == [("AUTHORISED", 1), ("PAID", 2)]


def test_a_change_written_a_little_before_the_last_one_seen_is_not_lost(story: Story) -> None:
    assert asked(story.output, "select count(*) from raw_xero.invoices where invoice_number = 'INV-9'") == [(1,)]


def test_a_line_that_left_its_invoice_gets_a_tombstone(story: Story) -> None:
    gone = f"select line_item_id from raw_xero.invoice_lines where _is_deleted and invoice_id = '{uid('INV-1')}'"
    assert asked(story.output, gone) == [(uid("b"),)]


def test_a_late_posting_reads_again_every_month_it_changes(story: Story) -> None:
    every = [f"Reports/TrialBalance?date={end}" for end in ("2025-12-31", "2026-01-31", "2026-02-28")]
    assert [path for path in story.changed_calls if path.startswith("Reports")] == every
    # Without new postings only the recent months are asked for again.
    assert [path for path in story.quiet_calls if path.startswith("Reports")] == every[1:]
    balances = asked(
        story.output,
        "select ytd_debit from raw_xero.trial_balance_rows where account_code = '610'"
        " qualify row_number() over (partition by report_on order by _version desc) = 1 order by report_on",
    )
    assert balances == [(Decimal("45.00"),), (Decimal("225.00"),), (Decimal("50.00"),)]


def test_documents_keep_their_status_amounts_and_rate_as_xero_holds_them(story: Story) -> None:
    statuses = asked(
        story.output, "select invoice_number, type, status, total from raw_xero.invoices where _version = 1 order by 1"
    )
    assert statuses == [
        ("BILL-1", "ACCPAY", "AUTHORISED", Decimal("30.00")),
        ("INV-1", "ACCREC", "PAID", Decimal("180.00")),
        ("INV-2", "ACCREC", "DRAFT", Decimal("216.00")),
        ("INV-3", "ACCREC", "AUTHORISED", Decimal("1000.00")),
        ("INV-4", "ACCREC", "VOIDED", Decimal("70.00")),
        ("INV-5", "ACCREC", "DELETED", Decimal("80.00")),
        ("INV-9", "ACCREC", "AUTHORISED", Decimal("1.00")),
    ]
    ((rate, types),) = asked(
        story.output,
        "select currency_rate, line_amount_types from raw_xero.invoices"
        " where invoice_number = 'INV-3' and _version = 1",
    )
    # All ten digits, so that turning it over gives the rate that the document was booked at.
    assert (round(1 / Decimal(rate), 6), types) == (EUR_RATE, "NoTax")
    inclusive = asked(
        story.output,
        f"select line_amount, tax_amount, unit_amount from raw_xero.invoice_lines where invoice_id = '{uid('INV-2')}'",
    )
    assert inclusive == [(Decimal("216.00"), Decimal("36.00"), Decimal("120.000000"))]


def test_the_payload_is_the_document_with_every_digit(story: Story) -> None:
    ((payload,),) = asked(story.output, "select payload from raw_xero.items")
    assert '"UnitPrice": 50.1234' in payload
    ((payload,),) = asked(
        story.output, "select payload from raw_xero.invoices where invoice_number = 'INV-1' and _version = 1"
    )
    assert "JOB-00001" in payload


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
    assert (row["amount"], row["bank_amount"], row["is_reconciled"]) == (Decimal("50.00"), Decimal("50.1"), False)


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
    amounts = {"SubTotal": 1, "TotalTax": 0, "Total": 1, "Date": "/Date(0)/", "UpdatedDateUTC": "/Date(0)/"}
    assert list(rows(INVOICES, {**sound, **amounts}))
    with pytest.raises(DriftError, match=f"xero.invoices: {named}"):
        list(rows(INVOICES, {**sound, **amounts, **change}))


def test_a_retyped_amount_stops_xero_and_nothing_of_it_is_in_use(tmp_path: Path) -> None:
    documents = world()
    documents["Journals"][3]["JournalLines"][1]["NetAmount"] = "minus a lot"
    with serve(documents, now=NOW, minute_seconds=1) as server:
        outcome = landed(tmp_path, server)
    assert isinstance(outcome.error, DriftError)
    assert "xero.journal_lines: net_amount" in outcome.error.cause
    assert asked(tmp_path, "select count(*) from tieout_meta.loads") == [(0,)]


def test_a_new_field_is_kept_and_reported(tmp_path: Path) -> None:
    documents = world()
    documents["Invoices"][0]["ProjectCode"] = "P-7"
    documents["Invoices"][0]["LineItems"][0]["CarbonGrams"] = 12
    with serve(documents, now=NOW, minute_seconds=1) as server:
        outcome = landed(tmp_path, server)
    assert outcome.error is None
    assert outcome.drift == {"invoices": ("project_code",), "invoice_lines": ("carbon_grams",)}
    assert asked(tmp_path, "select project_code from raw_xero.invoices where project_code is not null") == [("P-7",)]


def test_refusals_and_failures_are_waited_out() -> None:
    with serve(world(), now=NOW, faults=Faults(error_every=3, throttle_every=4)) as server:
        reader = client(server)
        numbers = [one["InvoiceNumber"] for page in reader.pages(INVOICES, None) for one in page.documents]
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


@pytest.mark.parametrize(
    ("override", "remedy"),
    [({"tenant_id": "somebody else's"}, "tenant_id"), ({"client_secret": "s3cret-wrong"}, "client_secret")],
)
def test_wrong_credentials_stop_xero_and_say_which(tmp_path: Path, override: dict[str, str], remedy: str) -> None:
    with serve(world(), now=NOW, minute_seconds=1) as server:
        outcome = landed(tmp_path, server, **override)
    assert isinstance(outcome.error, AuthError)
    told = f"{outcome.error.cause} {outcome.error.remedy}"
    assert remedy in told
    assert "s3cret-wrong" not in told


def test_journals_with_gaps_are_all_read_and_later_ones_continue() -> None:
    documents = world()
    far = [journal(1000 + 7 * number, FEB, "INV-1", "ACCREC", [("610", "1"), ("200", "-1")]) for number in range(230)]
    more = journal(99_999, MARCH, "INV-1", "ACCREC", [("610", "1"), ("200", "-1")])
    extract = Extract(state={})

    def numbers(reader: XeroClient) -> list[int]:
        batches = [batch for table, batch in ledger(reader, extract) if table == "journals"]
        return [row["journal_number"] for batch in batches for row in batch]  # type: ignore[union-attr]

    with serve({**documents, "Journals": [*documents["Journals"], *far]}, now=NOW, calls_a_minute=999) as server:
        reader = client(server)
        assert numbers(reader) == [1, 2, 5, 9, 12, 13, 20, 22, 31, *(one["JournalNumber"] for one in far)]
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
            "Cells": [{"Value": value, "Attributes": [{"Id": "account", "Value": "a"}]} for value in values],
        }

    body = [row("Row", "Bank (UK) (090)", "10.00", "", "30.00", ""), row("Row", "Sales", "", "10.00", "", "30.00")]
    rows_ = [
        row("Header", "Account", "Debit", "Credit", "YTD Debit", "YTD Credit"),
        {"RowType": "Section", "Rows": body},
        {"RowType": "Section", "Rows": [row("SummaryRow", "Total", "10.00", "10.00", "30.00", "30.00")]},
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

    with pytest.raises(DriftError, match=r"add up to 0 and 30\.00, but the report says 30\.00 and 30\.00"):
        trial_balance(FEB, _report(lose_a_row))


def test_a_trial_balance_with_other_columns_is_refused() -> None:
    def rename(rows_: list[dict[str, Any]]) -> None:
        rows_[0]["Cells"][3]["Value"] = "Balance"

    with pytest.raises(DriftError, match="YTD Debit"):
        trial_balance(FEB, _report(rename))


def _larger() -> World:
    documents = world()
    for number in range(400):
        sold = invoice(
            f"BIG-{number:04}", FEB, "Ash Ltd", [line(f"big {number} {place}", "10", "2") for place in range(3)]
        )
        documents["Invoices"].append(sold)
        documents["Payments"].append(payment(f"pay {number}", MARCH, sold, "36"))
        documents["Journals"].append(
            journal(100 + number, FEB, f"BIG-{number:04}", "ACCREC", [("610", "36"), ("200", "-36")])
        )
    documents["CreditNotes"][0]["Allocations"].append(allocation("late", "BIG-0001", MARCH, "1"))
    documents["CreditNotes"][0]["UpdatedDateUTC"] = at(MARCH, 12)
    return documents


@dataclass(frozen=True)
class Calm:
    """What a run that nobody disturbs lands, and how many calls it makes."""

    content: dict[str, list[tuple[Any, ...]]]
    calls: int


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    output = tmp_path_factory.mktemp("calm")
    with serve(_larger(), now=NOW, minute_seconds=1, calls_a_minute=10_000) as server:
        assert landed(output, server, page_size=20).error is None
        return Calm(content(output), len(server.requests))


# The share of its calls that the run has made, and the seconds after that (into loading, once all are made).
@pytest.mark.parametrize(("share", "seconds"), [(0.4, 0.0), (1.0, 0.3), (1.0, 1.0)])
def test_killed_at_any_moment_it_continues_and_ends_the_same(
    tmp_path: Path, calm: Calm, share: float, seconds: float
) -> None:
    """A run is killed with SIGKILL; the next one ends with what an undisturbed run has, nothing lost or doubled."""
    with serve(_larger(), now=NOW, minute_seconds=1, calls_a_minute=10_000) as server:
        config = configure(tmp_path, server, page_size=20)
        code = (
            "from pathlib import Path; from pipelines.land import land;"
            f"land(['xero'], None, Path({str(config)!r}), Path({str(tmp_path)!r}))"
        )
        with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT) as run:
            while run.poll() is None and len(server.requests) < share * calm.calls:
                time.sleep(0.005)
            time.sleep(seconds)
            run.send_signal(signal.SIGKILL)
        assert run.returncode == -signal.SIGKILL, "the run had ended before it could be killed"
        landed(tmp_path, server, page_size=20)
        last = landed(tmp_path, server, page_size=20)
    assert last.error is None
    assert last.row_count == 0
    assert content(tmp_path) == calm.content


def test_what_breaks_the_contract_is_kept_out_and_what_was_good_stays(tmp_path: Path) -> None:
    documents = world()
    settings = RunSettings(output=tmp_path, as_of=NOW.date())
    with serve(documents, now=NOW, minute_seconds=1) as server:
        landed(tmp_path, server)
        (sound,) = check(settings, lambda *_: None)
        documents["Invoices"][0] |= {"Status": "FROZEN", "UpdatedDateUTC": NOW}
        server.load(documents, NOW)
        assert landed(tmp_path, server).error is None
        check(settings, lambda *_: None)
    assert [table.name for table in sound.tables] == list(SUITE)
    loads = asked(tmp_path, "select status, reason from tieout_meta.loads order by load_id")
    assert [status for status, _ in loads] == ["accepted", "rejected"]
    assert "status" in loads[1][1]
    assert "FROZEN" in loads[1][1]
