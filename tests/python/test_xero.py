"""The Xero connector, against the demo's ledger over real HTTP and into a real raw database."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.python.xero_company import FEB, MARCH, world
from tests.python.xero_landing import asked, configure, content, landed
from tests.python.xero_world import (
    EUR_RATE,
    NOW,
    World,
    allocation,
    at,
    invoice,
    journal,
    line,
    payment,
    uid,
)

from tieout.contracts.check import check
from tieout.errors import AuthError, DriftError
from tieout.landing.land import Landed
from tieout.settings import Settings as RunSettings
from tieout.sources.xero.contract import SUITE
from tieout_demo.servers.xero.server import serve

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Story:
    """A ledger that was landed, landed again, and landed once more after a day on which things
    happened."""

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
    """INV-1 lost a line, INV-3 was paid, INV-9 appeared with a change older than the newest,
    December was posted to."""
    documents = world()
    newest = max(one["UpdatedDateUTC"] for one in documents["Invoices"])
    shorter = documents["Invoices"][0] | {"UpdatedDateUTC": NOW}
    shorter["LineItems"] = shorter["LineItems"][:1]
    documents["Invoices"][0] = shorter
    documents["Invoices"][2] |= {"Status": "PAID", "UpdatedDateUTC": NOW}
    straggler = invoice(
        "INV-9", FEB, "Ash Ltd", [line("z", "1")], UpdatedDateUTC=newest - timedelta(minutes=5)
    )
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
    assert (
        counts["invoices"],
        counts["invoice_lines"],
        counts["journals"],
        counts["journal_lines"],
    ) == (6, 7, 9, 21)
    assert (
        counts["credit_note_allocations"],
        counts["trial_balances"],
        counts["tracking_options"],
    ) == (4, 3, 1)


def test_what_the_source_said_it_has_is_noted_on_every_run(story: Story) -> None:
    said = {
        entity.entity: (entity.said_count, entity.said_amount) for entity in story.again.entities
    }
    # All six, though the second run was given only what changed of late.
    assert said["invoices"] == (6, None)
    assert said["trial_balances"] == (3, Decimal("40.00") + Decimal("280.00") + Decimal("220.00"))


def test_a_later_run_lands_only_what_changed(story: Story) -> None:
    assert story.counts(story.changed, "invoices") == (1, 2, 0)
    assert story.counts(story.changed, "contacts") == (0, 0, 0)
    assert story.counts(story.changed, "journals") == (1, 0, 0)
    assert story.quiet.row_count == 0
    versions = asked(
        story.output,
        "select status, _version from raw_xero.invoices where invoice_number = 'INV-3' order by 2",
    )
    assert versions == [("AUTHORISED", 1), ("PAID", 2)]


def test_a_change_written_a_little_before_the_last_one_seen_is_not_lost(story: Story) -> None:
    assert asked(
        story.output, "select count(*) from raw_xero.invoices where invoice_number = 'INV-9'"
    ) == [(1,)]


def test_a_line_that_left_its_invoice_gets_a_tombstone(story: Story) -> None:
    gone = f"select line_item_id from raw_xero.invoice_lines where _is_deleted and invoice_id = '{uid('INV-1')}'"
    assert asked(story.output, gone) == [(uid("b"),)]


def test_a_late_posting_reads_again_every_month_it_changes(story: Story) -> None:
    every = [
        f"Reports/TrialBalance?date={end}" for end in ("2025-12-31", "2026-01-31", "2026-02-28")
    ]
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
        story.output,
        "select invoice_number, type, status, total from raw_xero.invoices where _version = 1 order by 1",
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
        story.output,
        "select payload from raw_xero.invoices where invoice_number = 'INV-1' and _version = 1",
    )
    assert "JOB-00001" in payload


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
    assert asked(
        tmp_path, "select project_code from raw_xero.invoices where project_code is not null"
    ) == [("P-7",)]


@pytest.mark.parametrize(
    ("override", "remedy"),
    [
        ({"tenant_id": "somebody else's"}, "tenant_id"),
        ({"client_secret": "s3cret-wrong"}, "client_secret"),
    ],
)
def test_wrong_credentials_stop_xero_and_say_which(
    tmp_path: Path, override: dict[str, str], remedy: str
) -> None:
    with serve(world(), now=NOW, minute_seconds=1) as server:
        outcome = landed(tmp_path, server, **override)
    assert isinstance(outcome.error, AuthError)
    told = f"{outcome.error.cause} {outcome.error.remedy}"
    assert remedy in told
    assert "s3cret-wrong" not in told


def _larger() -> World:
    documents = world()
    for number in range(400):
        sold = invoice(
            f"BIG-{number:04}",
            FEB,
            "Ash Ltd",
            [line(f"big {number} {place}", "10", "2") for place in range(3)],
        )
        documents["Invoices"].append(sold)
        documents["Payments"].append(payment(f"pay {number}", MARCH, sold, "36"))
        documents["Journals"].append(
            journal(
                100 + number, FEB, f"BIG-{number:04}", "ACCREC", [("610", "36"), ("200", "-36")]
            )
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


# The share of its calls that the run has made, and the seconds after that (into loading, once all
# are made).
@pytest.mark.parametrize(("share", "seconds"), [(0.4, 0.0), (1.0, 0.3), (1.0, 1.0)])
def test_killed_at_any_moment_it_continues_and_ends_the_same(
    tmp_path: Path, calm: Calm, share: float, seconds: float
) -> None:
    """A run is killed with SIGKILL; the next one ends with what an undisturbed run has, nothing
    lost or doubled."""
    with serve(_larger(), now=NOW, minute_seconds=1, calls_a_minute=10_000) as server:
        config = configure(tmp_path, server, page_size=20)
        code = (
            "from pathlib import Path; from tieout.landing.land import land;"
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
