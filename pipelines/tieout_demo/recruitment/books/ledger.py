"""A double-entry ledger in euros: journals collected as they come, numbered in the order in which
they were entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout_demo.history import History
from tieout_demo.recruitment.catalogue import CLERKS, CONTROLLERS, SYSTEM_USER
from tieout_demo.recruitment.model import BASE, ZERO


@dataclass
class Entry:
    """One side of a journal: an amount in euros, debit positive, and what it stood for in its
    document's currency."""

    account: str
    amount: Decimal
    currency: str = BASE
    currency_amount: Decimal | None = None
    customer_id: str | None = None
    job_ref: str | None = None
    product_code: str | None = None
    document_line_id: str | None = None


@dataclass
class Journal:
    posted_on: date
    entered_at: datetime
    document_type: str
    description: str
    entries: list[Entry]
    document_id: str | None = None
    reverses: Journal | None = None
    is_manual: bool = False
    entered_by: str = SYSTEM_USER
    approved_by: str = CONTROLLERS[0]
    journal_id: str = field(default="")


class Ledger:
    def __init__(self) -> None:
        self.journals: list[Journal] = []

    def post(
        self,
        posted_on: date,
        entered_at: datetime,
        document_type: str,
        description: str,
        entries: Iterable[Entry],
        **about: Any,
    ) -> Journal:
        """Enter a journal; entries of nothing are left out, and one that doesn't balance raises."""
        kept = [entry for entry in entries if entry.amount]
        off = sum((entry.amount for entry in kept), ZERO)
        if off:
            raise ValueError(f"{document_type} {description} of {posted_on} is {off} off")
        journal = Journal(posted_on, entered_at, document_type, description, kept, **about)
        self.journals.append(journal)
        return journal

    def manual(
        self,
        posted_on: date,
        entered_at: datetime,
        document_type: str,
        description: str,
        entries: Iterable[Entry],
    ) -> Journal:
        """A journal that a clerk enters and a controller approves."""
        clerk = CLERKS[posted_on.day % 2]
        people = {"entered_by": clerk, "approved_by": CONTROLLERS[posted_on.month % 2]}
        return self.post(
            posted_on, entered_at, document_type, description, entries, is_manual=True, **people
        )

    def reverse(
        self, journal: Journal, posted_on: date, entered_at: datetime, description: str
    ) -> Journal:
        entries = [
            Entry(
                **{
                    **vars(entry),
                    "amount": -entry.amount,
                    "currency_amount": None
                    if entry.currency_amount is None
                    else -entry.currency_amount,
                }
            )
            for entry in journal.entries
        ]
        turned = self.post(posted_on, entered_at, journal.document_type, description, entries)
        turned.document_id, turned.reverses = journal.document_id, journal
        turned.is_manual, turned.entered_by, turned.approved_by = (
            journal.is_manual,
            journal.entered_by,
            journal.approved_by,
        )
        return turned

    def number(self) -> None:
        self.journals.sort(key=lambda journal: journal.entered_at)
        for index, journal in enumerate(self.journals, 1):
            journal.journal_id = f"J{index:06}"

    def write(self, history: History) -> None:
        for journal in self.journals:
            for index, entry in enumerate(journal.entries, 1):
                amount = entry.amount if entry.currency_amount is None else entry.currency_amount
                row = {
                    "journal_line_id": f"{journal.journal_id}-{index:03}",
                    "journal_id": journal.journal_id,
                    "posted_on": journal.posted_on,
                    "entered_at": journal.entered_at,
                    "account_code": entry.account,
                    "amount": entry.amount,
                    "currency": entry.currency,
                    "currency_amount": amount,
                    "description": journal.description,
                    "document_type": journal.document_type,
                    "document_id": journal.document_id,
                    "document_line_id": entry.document_line_id,
                    "product_code": entry.product_code,
                    "reverses_journal_id": journal.reverses.journal_id
                    if journal.reverses
                    else None,
                    "customer_id": entry.customer_id,
                    "job_ref": entry.job_ref,
                    "entered_by": journal.entered_by,
                    "approved_by": journal.approved_by,
                    "is_manual": journal.is_manual,
                }
                history.add("journal_lines", journal.entered_at, row)
