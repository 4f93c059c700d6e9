"""Reports/TrialBalance as Xero computes it from the journals: the month's sides, and the financial
year's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Documents = Mapping[str, Sequence[Mapping[str, Any]]]

_EARNINGS = frozenset({"REVENUE", "EXPENSE"})
_SECTIONS = {
    "REVENUE": "Revenue",
    "EXPENSE": "Expenses",
    "ASSET": "Assets",
    "LIABILITY": "Liabilities",
    "EQUITY": "Equity",
}
_DECEMBER = 12


def trial_balance(documents: Documents, on: date) -> dict[str, Any]:
    """The report at the end of a day. Accounts with nothing in either column are left out, as in
    the real report."""
    organisation = documents["Organisation"][0]
    year_start = _year_start(on, int(organisation["FinancialYearEndMonth"]))
    # A bank account may have no code.
    accounts = {
        account.get("Code") or account["AccountID"]: account for account in documents["Accounts"]
    }
    retained = next(
        (
            code
            for code, account in accounts.items()
            if account.get("SystemAccount") == "RETAINEDEARNINGS"
        ),
        None,
    )
    month: dict[str, Decimal] = defaultdict(Decimal)
    year: dict[str, Decimal] = defaultdict(Decimal)
    for journal in documents.get("Journals", ()):
        posted = journal["JournalDate"]
        if posted > on:
            continue
        in_month = (posted.year, posted.month) == (on.year, on.month)
        for line in journal["JournalLines"]:
            code, amount = line.get("AccountCode") or line["AccountID"], line["NetAmount"]
            if in_month:
                month[code] += amount
            if posted < year_start and accounts[code]["Class"] in _EARNINGS:
                if retained is None:
                    raise LookupError(
                        "the chart has no account with SystemAccount RETAINEDEARNINGS for earlier years' result"
                    )
                code = retained
            year[code] += amount
    sections = [_section(name, title, accounts, month, year) for name, title in _SECTIONS.items()]
    rows = [
        {
            "RowType": "Header",
            "Cells": [
                {"Value": name}
                for name in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
            ],
        }
    ]
    rows += [section for section in sections if section["Rows"]]
    rows.append({"RowType": "Section", "Title": "", "Rows": [_total(month, year)]})
    day = f"{on.day} {on:%B %Y}"
    return {
        "ReportID": "TrialBalance",
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", organisation["Name"], f"As at {day}"],
        "ReportDate": day,
        "Fields": [],
        "Rows": rows,
    }


def _year_start(on: date, last_month: int) -> date:
    first_month = last_month % _DECEMBER + 1
    return date(on.year if on.month >= first_month else on.year - 1, first_month, 1)


def _section(
    name: str,
    title: str,
    accounts: Mapping[str, Any],
    month: Mapping[str, Decimal],
    year: Mapping[str, Decimal],
) -> dict[str, Any]:
    rows = []
    for code in sorted(accounts):
        account = accounts[code]
        moved, total = month.get(code, Decimal(0)), year.get(code, Decimal(0))
        if account["Class"] != name or not (moved or total):
            continue
        mark = [{"Value": account["AccountID"], "Id": "account"}]
        named = f"{account['Name']} ({code})" if account.get("Code") else account["Name"]
        values = [named, *_sides(moved), *_sides(total)]
        rows.append(
            {"RowType": "Row", "Cells": [{"Value": value, "Attributes": mark} for value in values]}
        )
    return {"RowType": "Section", "Title": title, "Rows": rows}


def _sides(amount: Decimal) -> tuple[str, str]:
    """Debit and credit as the report writes them: text, and nothing on the side that has
    nothing."""
    if amount > 0:
        return f"{amount:.2f}", ""
    return ("", f"{-amount:.2f}") if amount < 0 else ("0.00", "")


def _total(month: Mapping[str, Decimal], year: Mapping[str, Decimal]) -> dict[str, Any]:
    values = ["Total"]
    for column in (month, year):
        values += [f"{sum((side for side in column.values() if side > 0), Decimal(0)):.2f}"]
        values += [f"{-sum((side for side in column.values() if side < 0), Decimal(0)):.2f}"]
    return {"RowType": "SummaryRow", "Cells": [{"Value": value} for value in values]}
