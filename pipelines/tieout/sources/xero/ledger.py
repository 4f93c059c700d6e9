"""Journals by their number, and the trial balance at each period end that a new journal may have
changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout.errors import DriftError
from tieout.landing.resource import where_allowed
from tieout.landing.table_types import Extract, Rows
from tieout.sources.http.pages import Pages
from tieout.sources.xero.client import XeroClient
from tieout.sources.xero.extract import batches
from tieout.sources.xero.movements import JOURNALS, TRIAL_BALANCE_ROWS, TRIAL_BALANCES
from tieout.sources.xero.records import instant

# Numbers are given before a posting is done: the last ones are asked for again, in case one arrives
# late.
JOURNALS_AGAIN = 100
MONTHS_AGAIN = 2
_DECEMBER = 12
_CODE = re.compile(r"^(?P<name>.*?)(?: \((?P<code>[^()]+)\))?$", re.DOTALL)
_COLUMNS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
_SIDES = ("debit", "credit", "ytd_debit", "ytd_credit")
REPORTS = (TRIAL_BALANCES, TRIAL_BALANCE_ROWS)


def ledger(client: XeroClient, extract: Extract) -> Iterator[tuple[str, Rows]]:
    """New journals, then the reports of every month from the earliest of them on.

    Either may be refused. Reports without the journals would only be compared with nothing, so they
    are not asked for.
    """
    reading = _Ledger(client)
    yield from where_allowed((*JOURNALS.tables(), *REPORTS), reading.journals)(extract)
    if "journals" not in extract.refusals:
        yield from where_allowed(REPORTS, reading.trial_balances)(extract)


class _Ledger:
    """What one run reads of the ledger: the journals say from which month on the reports are read
    again."""

    def __init__(self, client: XeroClient) -> None:
        self.client = client
        self.first: date | None = None
        self.new_from: date | None = None
        self.today: date | None = None

    def journals(self, extract: Extract) -> Iterator[tuple[str, Rows]]:
        """`offset` is a journal number, and numbers have gaps: the next is the highest number seen,
        not a count."""
        last = int(extract.state.get("journal_number", 0))
        offset = max(last - JOURNALS_AGAIN, 0)
        pages = Pages("xero: Journals")
        while True:
            page = self.client.get("Journals", "Journals", {"offset": str(offset)})
            self.today = page.asked_at.date() if page.asked_at else self.today
            if not page.documents:
                break
            pages.step([journal.get("JournalID") for journal in page.documents], offset)
            yield from batches(JOURNALS, page.documents)
            for journal in page.documents:
                number, posted = int(journal["JournalNumber"]), _posted(journal)
                offset = max(offset, number)
                if number > last:
                    self.new_from = min(posted, self.new_from or posted)
        known = (_date(extract.state.get("first_posted_on")), self.new_from)
        self.first = min((day for day in known if day), default=None)
        if self.first is not None and self.today is not None:
            extract.state.update(
                {"journal_number": max(offset, last), "first_posted_on": self.first.isoformat()}
            )

    def trial_balances(self, extract: Extract) -> Iterator[tuple[str, Rows]]:
        """Late postings change the months they are dated in and all after; names and lock dates the
        recent ones."""
        if self.first is None or self.today is None:
            return
        totals: dict[str, str] = dict(extract.state.get("trial_balance_totals", {}))
        recent = self.today.replace(day=1) - timedelta(days=31 * (MONTHS_AGAIN - 1))
        again = min(self.new_from or self.today, recent).replace(day=1)
        for end in period_ends(self.first, self.today):
            if end < again and end.isoformat() in totals:
                continue
            page = self.client.get("Reports/TrialBalance", "Reports", {"date": end.isoformat()})
            report, lines = trial_balance(end, page.documents[0] if page.documents else {})
            totals[end.isoformat()] = str(report["ytd_debit"])
            yield TRIAL_BALANCES.name, [report]
            yield TRIAL_BALANCE_ROWS.name, lines
        extract.state["trial_balance_totals"] = totals
        extract.said(
            TRIAL_BALANCES.name, len(totals), sum(map(Decimal, totals.values()), Decimal(0))
        )


def period_ends(first: date, today: date) -> Iterator[date]:
    """The last day of each month from that of `first` to the last one that has ended by the end of
    `today`."""
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
        end = date(year, month, 1) - timedelta(days=1)
        if end > today:
            return
        yield end


def trial_balance(
    end: date, report: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report as a row of its own and a row an account. DriftError if its columns are not the
    agreed ones."""
    sections = report.get("Rows") or []
    header: Mapping[str, Any] = next(
        (section for section in sections if section.get("RowType") == "Header"), {}
    )
    if tuple(cell.get("Value") for cell in header.get("Cells", ())) != _COLUMNS:
        raise DriftError(
            f"xero.trial_balances: the report of {end} does not have the columns {', '.join(_COLUMNS)}"
        )
    lines: list[dict[str, Any]] = []
    total: dict[str, Decimal] | None = None
    found = dict.fromkeys(_SIDES, Decimal(0))
    for row in (row for section in sections for row in section.get("Rows") or ()):
        cells = row["Cells"]
        sides = {side: _amount(end, cell) for side, cell in zip(_SIDES, cells[1:], strict=True)}
        if row["RowType"] == "SummaryRow":
            total = sides
            continue
        found = {side: found[side] + sides[side] for side in _SIDES}
        named = _CODE.match(cells[0]["Value"])
        account = next(
            (mark["Value"] for mark in cells[0].get("Attributes", ()) if mark["Id"] == "account"),
            None,
        )
        name, code = (named["name"], named["code"]) if named else (cells[0]["Value"], None)
        lines.append(
            {
                "report_on": end,
                "account_id": account,
                "account_code": code,
                "account_name": name,
                **sides,
            }
        )
    if total is None or any(total[side] != found[side] for side in ("ytd_debit", "ytd_credit")):
        said = "no total" if total is None else f"{total['ytd_debit']} and {total['ytd_credit']}"
        raise DriftError(
            f"xero.trial_balances: the lines of the report of {end} add up to {found['ytd_debit']} and "
            f"{found['ytd_credit']}, but the report says {said}",
            "Run again; if it stays so, the form of the report has changed",
        )
    title = " · ".join(report.get("ReportTitles") or ())
    head = {
        "report_on": end,
        "title": title,
        "ytd_debit": total["ytd_debit"],
        "ytd_credit": total["ytd_credit"],
    }
    # Without the moment of asking, which would make every report a new version.
    return {
        **head,
        "payload": {key: value for key, value in report.items() if key != "UpdatedDateUTC"},
    }, lines


def _amount(end: date, cell: Mapping[str, Any]) -> Decimal:
    text = str(cell.get("Value") or "0")
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise DriftError(
            f"xero.trial_balance_rows: {text!r} in the report of {end} is not an amount"
        ) from error


def _posted(journal: Mapping[str, Any]) -> date:
    return instant(journal["JournalDate"]).date()


def _date(text: str | None) -> date | None:
    return datetime.fromisoformat(text).date() if text else None
