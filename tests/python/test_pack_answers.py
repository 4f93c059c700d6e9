"""The first page's answers read right for nothing, one, many, less than nothing and not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from markupsafe import Markup
from pack_world import HOSTILE

from tieout.pack.answers import earning, standing
from tieout.pack.answers.facts import Billing, Closed, Earned, Lost, Tied, TieOut
from tieout.pack.pages.changes import Changes, Restated, restated
from tieout.pack.trends import recent

pytestmark = pytest.mark.unit


def text(said: Markup) -> str:
    """What is read of a sentence."""
    return " ".join(said.striptags().split())


def amount(said: str | int) -> Decimal:
    return Decimal(said).quantize(Decimal("0.01"))


def tie(title: str, by: str | int, records: int) -> TieOut:
    return TieOut(title.lower(), title, amount(by), records)


CASH, COST = tie("Receipts and the cash accounts", "12.30", 1), tie("Cost and its accounts", 4, 20)
JOURNALS, TOTALS = tie("Journals that do not balance", 3, 2), tie("Records that are missing", 0, 7)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Tied(8, (), 0, (), 5, 0),
            "All 8 laws hold. There was nothing to compare with a ledger or a source.",
        ),
        (Tied(1, (), 1, (), 0, 0), "The one law holds. The one tie-out agrees, to the cent."),
        (
            Tied(8, (), 5, (), 2, 0),
            "All 8 laws hold. All 5 tie-outs agree, to the cent. 2 had nothing to compare.",
        ),
        (
            Tied(8, (), 1, (CASH,), 0, 1),
            "All 8 laws hold. 1 of 1 tie-out differs: Receipts and the cash accounts by GBP 12.30 in 1"
            " record. 1 tie-out did not run.",
        ),
        (
            Tied(8, (), 5, (CASH, COST), 0, 2),
            "All 8 laws hold. 2 of 5 tie-outs differ: Receipts and the cash accounts by GBP 12.30 in 1"
            " record and Cost and its accounts by GBP 4.00 in 20 records. 2 tie-outs did not run.",
        ),
        (
            Tied(8, ("Nothing counts twice",), 5, (TOTALS,), 0, 0),
            "1 of 8 laws is broken: Nothing counts twice. 1 of 5 tie-outs differs: Records that are"
            " missing by 7 records without an amount.",
        ),
        (
            Tied(8, ("A", "B"), 5, (CASH, COST, JOURNALS, TOTALS), 0, 0),
            "2 of 8 laws are broken: A and B. 4 of 5 tie-outs differ: Receipts and the cash accounts by"
            " GBP 12.30 in 1 record, Cost and its accounts by GBP 4.00 in 20 records, Journals that do"
            " not balance by GBP 3.00 in 2 records and 1 more.",
        ),
    ],
)
def test_whether_it_tied(found: Tied, said: str) -> None:
    assert text(standing.tied(found, "GBP")) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Lost(0, amount(0), amount(0), 0, ()), "No control found a loss."),
        (
            Lost(0, amount(0), amount(9), 1, ()),
            "No control found a loss. GBP 9.00 is in doubt until records are mended. There may be more:"
            " 1 control did not run.",
        ),
        (
            Lost(1, amount(5), amount(0), 0, (("Ann", amount(5)),)),
            "1 exception holds GBP 5.00 of loss, each amount counted once. Who acts: Ann on 5.00.",
        ),
        (
            Lost(
                12, amount(1500), amount("0.01"), 2, (("Ann", amount(1000)), ("Bob", amount(500)))
            ),
            "12 exceptions hold GBP 1,500.00 of loss, each amount counted once. Who acts: Ann on"
            " 1,000.00 and Bob on 500.00. GBP 0.01 more is in doubt until records are mended. There"
            " may be more: 2 controls did not run.",
        ),
    ],
)
def test_what_was_lost(found: Lost, said: str) -> None:
    assert text(standing.lost(found, "GBP", {})) == said


def test_who_acts_leads_to_his_page_and_his_name_only_shows() -> None:
    found = Lost(2, amount(3), amount(0), 0, ((HOSTILE, amount(2)), ("nobody", amount(1))))
    said = standing.lost(found, "GBP", {HOSTILE: "owner-1.html"})
    assert '<a href="owner-1.html">' in said and "<img" not in said
    assert text(said).endswith("on 2.00. Nobody is named to act on 1.00.")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Earned(None, None, amount(0), (), 0), "Nothing was booked, delivered or spent."),
        (
            Earned(amount(0), amount(0), amount(0), (), 0),
            "Nothing was earned. That is the quoted margin, to the cent.",
        ),
        (
            Earned(amount(25), None, amount(100), (), 0),
            "GBP 25.00 was earned, 25.0 % of the realised value. No cost was ever planned, so nothing"
            " is known of the quoted margin.",
        ),
        (
            Earned(amount(25), amount(40), amount(100), (("cost_rate", amount(-15)),), 1),
            "GBP 25.00 was earned, 25.0 % of the realised value. The quoted margin is GBP 40.00, 15.00"
            " more. What took most: cost rate -15.00. 1 job has work that nobody planned the cost of;"
            " there, what was booked stands for it.",
        ),
        (
            Earned(
                amount(-5),
                amount(-8),
                amount(0),
                (("not_yet_delivered", amount(-4)), ("volume", amount(9)), ("price", amount(-2))),
                3,
            ),
            "GBP 5.00 more was spent than the work is worth. The quoted margin is GBP -8.00, 3.00 less."
            " Of the difference, 4.00 is still to come. What took most: price -2.00. What added most:"
            " volume 9.00. 3 jobs have work that nobody planned the cost of; there, what was booked"
            " stands for it.",
        ),
        (
            Earned(amount(7), amount(6), amount(-1), (("not_yet_delivered", amount(1)),), 0),
            "GBP 7.00 was earned. The quoted margin is GBP 6.00, 1.00 less. What is still to come"
            " would have cost 1.00 more than it is worth.",
        ),
    ],
)
def test_what_was_earned(found: Earned, said: str) -> None:
    assert text(earning.earned(found, "GBP")) == said


def bills(ready: str | int = 0, late: str | int = 0, pieces: int = 0, **others: int) -> Billing:
    given = {"owed": 0, "overdue": 0, "documents": 0, "days": 0, "unrated": 0} | others
    return Billing(
        amount(ready),
        amount(late),
        pieces,
        amount(given["owed"]),
        amount(given["overdue"]),
        given["documents"],
        given["days"],
        given["unrated"],
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (bills(), "Everything that was delivered is billed."),
        (
            bills(10, 0, 1),
            "GBP 10.00 is delivered and not billed, in 1 item; none of it is past its billing window.",
        ),
        (
            bills(1000, 10, 3),
            "GBP 1,000.00 is delivered and not billed, in 3 items; 10.00 of it is past its billing"
            " window.",
        ),
        (
            bills(-10, 0, 2),
            "GBP 10.00 more is to be credited than is ready to bill, in 2 items.",
        ),
        (
            bills(0, 0, 2),
            "What is ready to bill and what is to be credited come to the same, in 2 items.",
        ),
    ],
)
def test_what_is_ready_to_bill(found: Billing, said: str) -> None:
    assert text(earning.ready(found, "GBP")) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (bills(), "Nothing is owed, and nothing is past due."),
        (bills(owed=-3), "Nothing is past due; customers are owed GBP 3.00 more than they owe."),
        (bills(owed=5), "Nothing of the GBP 5.00 that customers owe is past due."),
        (
            bills(owed=5, overdue=2, documents=1, days=1),
            "1 document is past due: GBP 2.00 of the 5.00 that customers owe, with tax, the oldest by 1"
            " day.",
        ),
        (
            bills(owed=5, overdue=2, documents=4, days=1200, unrated=1),
            "4 documents are past due: GBP 2.00 of the 5.00 that customers owe, with tax, the oldest by"
            " 1,200 days. 1 document has no rate of exchange and is in no total.",
        ),
        (
            bills(owed=-1, overdue=-2, documents=4, days=3, unrated=2),
            "4 documents are past due, and by them customers are owed GBP 2.00, with tax. 2 documents"
            " have no rate of exchange and are in no total.",
        ),
    ],
)
def test_what_is_past_due(found: Billing, said: str) -> None:
    assert text(earning.due(found, "GBP")) == said


def changes(opened: int = 0, closed: int = 0, *restated: Restated) -> Changes:
    return Changes(
        run_id="r",
        as_of="2026-02-28",
        as_of_on=date(2026, 2, 28),
        opened=({},) * opened,
        closed=({},) * closed,
        restated=restated,
    )


def moved(month: int, stage: str, before: int, now: int) -> Restated:
    return Restated(date(2026, month, 1), stage, amount(before), amount(now))


@pytest.mark.parametrize(
    ("found", "since", "said"),
    [
        (
            Closed(None, amount(0)),
            None,
            "No ledger says which months it has closed. This is the first publication here: there is"
            " none to compare with.",
        ),
        (
            Closed(0, amount(0)),
            changes(),
            "Nothing was entered into a month after it was closed. Since the last publication no figure"
            " of an ended month changed; no exception is new and none is gone.",
        ),
        (
            Closed(1, amount(7)),
            changes(1, 1, moved(1, "cash", 5, 2)),
            "1 journal was entered into a month that was closed: GBP 7.00. Since the last publication 1"
            " figure of an ended month changed: cash of January 2026 by -3.00; 1 exception is new and 1"
            " is gone.",
        ),
        (
            Closed(4, amount(7)),
            changes(2, 1000, moved(1, "change_order", 5, 9), moved(2, "cost", 0, 1)),
            "4 journals were entered into months that were closed: GBP 7.00. Since the last publication"
            " 2 figures of ended months changed: change order of January 2026 by 4.00 and cost of"
            " February 2026 by 1.00; 2 exceptions are new and 1,000 are gone.",
        ),
    ],
)
def test_what_changed(found: Closed, since: Changes | None, said: str) -> None:
    assert text(standing.changed(found, since, "GBP")) == said


def test_only_months_that_had_ended_are_restated() -> None:
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    before = {
        (january, "cash"): amount(5),
        (january, "cost"): amount(1),
        (february, "cash"): amount(7),
    }
    now = {
        (january, "cash"): amount(5),
        (february, "cash"): amount(2),
        (february, "booked"): amount(-6),
        (march, "cash"): amount(9),
    }
    gone = Restated(january, "cost", amount(1), amount(0))
    assert restated(before, now, date(2026, 2, 27)) == (gone,)
    assert restated(before, now, date(2026, 2, 28)) == (
        Restated(february, "booked", amount(0), amount(-6)),
        Restated(february, "cash", amount(7), amount(2)),
        gone,
    )
    assert [one.change for one in restated(before, now, date(2026, 2, 28))] == [-6, -5, -1]


def test_a_trend_begins_with_its_first_amount_and_one_month_is_none() -> None:
    months = "select (date '2026-01-01' + interval (n) month)::date, (n - 1)::decimal(18, 2) from range(4) t(n)"
    with duckdb.connect() as connection:
        bars = recent(connection, months, date(2026, 4, 15))
        assert [(bar.label, bar.amount) for bar in bars] == [
            ("Jan 2026", -1),
            ("Feb 2026", 0),
            ("Mar 2026", 1),
            ("Apr 2026", 2),
        ]
        assert recent(connection, months, date(2026, 1, 31)) == []
        assert recent(connection, f"{months} where n > 9", date(2026, 4, 15)) == []
        (last, first) = (recent(connection, months, date(2027, 9, 1)), bars[0])
        assert (len(last), last[0].label) == (18, "Apr 2026") and first.height > 0
