"""The import folders of a day: what the office's systems held that evening, the trial balance, and
their own counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout_demo import treasury
from tieout_demo.calendars import at, month_end, month_ends
from tieout_demo.history import History, Row, key_of
from tieout_demo.recruitment.books.month_end import OPENING_ON
from tieout_demo.recruitment.model import ZERO

EXPORT_HOUR = 20
# What each extract's total is the sum of; entities of several currencies or of none are only
# counted.
TOTALS = {
    "deal_lines": "net_amount",
    "change_orders": "amount_delta",
    "costs": "amount",
    "invoices": "gross_amount",
    "invoice_lines": "net_amount",
    "payments": "amount",
    "payment_applications": "amount",
    "pay_items": "amount",
    "journal_lines": "amount",
    "bank_transactions": "amount",
}


def folders(
    history: History,
    until: date,
    unrated: frozenset[tuple[str, date]],
    withheld: Mapping[str, frozenset[str]],
) -> dict[str, dict[str, list[Row]]]:
    """Folder → entity → rows, as exported on the evening of `until`."""
    cutoff = at(until, EXPORT_HOUR)
    held = history.known_on(cutoff)
    held["account_balances"] = _trial_balances(held.get("journal_lines", []), until)
    totals = [_total(entity, rows, cutoff) for entity, rows in sorted(held.items())]
    handed = {
        entity: [
            row
            for row in rows
            if not withheld.get(entity) or key_of(entity, row)[0] not in withheld[entity]
        ]
        for entity, rows in held.items()
    }
    handed["extract_totals"] = totals
    return {"recruitment": handed, "treasury": treasury.folder(until, cutoff, unrated)}


def _total(entity: str, rows: list[Row], extracted_at: datetime) -> Row:
    column = TOTALS.get(entity)
    amount: Decimal | None = sum((row[column] for row in rows), ZERO) if column else None
    return {
        "entity": entity,
        "row_count": len(rows),
        "amount_total": amount,
        "extracted_at": extracted_at,
    }


def _trial_balances(journal_lines: list[Row], until: date) -> list[Row]:
    """Every account at every month end so far, from the journals as they stand on the day of the
    export."""
    moved: dict[tuple[date, str], Decimal] = {}
    for line in journal_lines:
        key = (month_end(line["posted_on"]), line["account_code"])
        moved[key] = moved.get(key, ZERO) + line["amount"]
    balances: dict[str, Decimal] = {}
    rows: list[dict[str, Any]] = []
    for month in month_ends(OPENING_ON, until):
        for account in sorted({account for _, account in moved}):
            movement = moved.get((month, account), ZERO)
            if account not in balances and (month, account) not in moved:
                continue
            balances[account] = balances.get(account, ZERO) + movement
            rows.append(
                {
                    "account_code": account,
                    "balance_on": month,
                    "balance": balances[account],
                    "period_movement": movement,
                }
            )
    return rows
