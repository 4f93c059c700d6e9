"""Double entry: the journals of each document, receipt and allocation, in base currency and
balanced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from tieout_demo.facilities.basics import ENDS, ZERO, cents, end_of, uid
from tieout_demo.facilities.invoicing.billing import SUNDRY
from tieout_demo.facilities.invoicing.papers import (
    Allocation,
    Credit,
    Entry,
    Journal,
    OnAccount,
    Paper,
    PaperLine,
    Receipt,
)

RECEIVABLE, VAT, EXCHANGE, ROUNDING = "610", "820", "497", "860"


def bank_of(currency: str) -> str:
    return "091" if currency == "EUR" else "090"


def paper_journals(paper: Paper) -> list[Journal]:
    """One for a document, two more when it was corrected after posting, one more when it was
    voided."""
    kind = "ACCRECCREDIT" if paper.is_credit else "ACCREC"
    made = [
        _journal(
            paper,
            kind,
            "posted",
            paper.issued,
            paper.posted,
            _entries(paper, first=paper.edited is not None),
        )
    ]
    if paper.edited:
        undone = [_negated(entry) for entry in made[0].entries]
        made.append(_journal(paper, kind, "undone", paper.issued, paper.edited, undone))
        made.append(
            _journal(
                paper,
                kind,
                "again",
                paper.issued,
                paper.edited + timedelta(seconds=1),
                _entries(paper, first=False),
            )
        )
    if paper.voided:
        undone = [_negated(entry) for entry in made[-1].entries]
        made.append(_journal(paper, kind, "voided", paper.voided.date(), paper.voided, undone))
    return made


def _journal(
    paper: Paper, kind: str, what: str, on: date, at: datetime, entries: list[Entry]
) -> Journal:
    return Journal(
        uid("journal", paper.ident, what), on, at, kind, paper.ident, paper.number, entries
    )


def _entries(paper: Paper, *, first: bool) -> list[Entry]:
    sign = -1 if paper.is_credit else 1
    entries = [Entry(RECEIVABLE, sign * paper.base(paper.gross))]
    for line in paper.lines:
        entries.append(
            _line_entry(
                paper, line, sign, SUNDRY if first and not paper.is_credit else line.account
            )
        )
    for tax_type in sorted({line.tax_type for line in paper.lines if line.tax}):
        tax = sum((line.tax for line in paper.lines if line.tax_type == tax_type), ZERO)
        entries.append(Entry(VAT, -sign * paper.base(tax), "VAT", tax_type=tax_type))
    left = -sum((entry.amount for entry in entries), ZERO)
    if left:
        entries.append(Entry(ROUNDING, left, "Rounding"))
    return entries


def _line_entry(paper: Paper, line: PaperLine, sign: int, account: str) -> Entry:
    job = line.job.code if line.job and line.tracked and line.told else None
    return Entry(
        account,
        -sign * paper.base(line.net),
        line.text,
        job,
        -sign * paper.base(line.tax),
        line.tax_type,
    )


def _negated(entry: Entry) -> Entry:
    return Entry(entry.account, -entry.amount, entry.text, entry.job, -entry.tax, entry.tax_type)


class Settlements:
    """All that changes what is open on an invoice, in order of time: its base balance is always
    open × rate."""

    def __init__(
        self,
        invoices: list[Paper],
        credits: list[Credit],
        receipts: list[Receipt],
        on_account: list[OnAccount],
    ) -> None:
        self.journals: list[Journal] = []
        self._open = {invoice.ident: invoice.gross for invoice in invoices}
        self._left = {credit.paper.ident: credit.paper.gross for credit in credits} | {
            cash.ident: cash.amount for cash in on_account
        }
        steps: list[tuple[datetime, str, Callable[[], None]]] = []
        for receipt in receipts:
            steps.append((receipt.at, receipt.ident, partial(self._receipt, receipt)))
            if receipt.reversed:
                steps.append(
                    (
                        receipt.reversed,
                        receipt.ident,
                        partial(self._bounce, receipt, receipt.reversed),
                    )
                )
        for credit in credits:
            for allocation in credit.allocations:
                step = partial(
                    self._allocate,
                    "ACCRECCREDIT",
                    credit.paper.ident,
                    credit.paper.rate,
                    allocation,
                )
                steps.append((allocation.at, allocation.ident, step))
        for cash in on_account:
            steps.append((cash.at, cash.ident, partial(self._on_account, cash)))
            for allocation in cash.allocations:
                step = partial(self._allocate, _source(cash), cash.ident, cash.rate, allocation)
                steps.append((allocation.at, allocation.ident, step))
        for _, _, do in sorted(steps, key=lambda item: (item[0], item[1])):
            do()

    def _answered(self, invoice: Paper, amount: Decimal) -> Decimal:
        """How much base balance leaves the invoice with this amount."""
        before = self._open[invoice.ident]
        self._open[invoice.ident] = before - amount
        return invoice.base(before) - invoice.base(before - amount)

    def _used(self, ident: str, rate: Decimal, amount: Decimal) -> Decimal:
        before = self._left[ident]
        self._left[ident] = before - amount
        return cents(before * rate) - cents((before - amount) * rate)

    def _post(
        self,
        ident: str,
        at: datetime,
        source_type: str,
        source: str,
        reference: str,
        entries: list[Entry],
    ) -> None:
        left = -sum((entry.amount for entry in entries), ZERO)
        if left:
            entries.append(Entry(EXCHANGE, left, "Realised exchange difference"))
        self.journals.append(
            Journal(
                uid("journal", ident, at), at.date(), at, source_type, source, reference, entries
            )
        )

    def _receipt(self, receipt: Receipt) -> None:
        bank = Entry(
            bank_of(receipt.invoice.currency),
            cents(receipt.amount * receipt.rate),
            receipt.reference,
        )
        owed = Entry(
            RECEIVABLE, -self._answered(receipt.invoice, receipt.amount), receipt.invoice.number
        )
        self._post(
            receipt.ident,
            receipt.at,
            "ACCRECPAYMENT",
            receipt.ident,
            receipt.reference,
            [bank, owed],
        )

    def _bounce(self, receipt: Receipt, at: datetime) -> None:
        bank = Entry(
            bank_of(receipt.invoice.currency),
            -cents(receipt.amount * receipt.rate),
            receipt.reference,
        )
        owed = Entry(
            RECEIVABLE, -self._answered(receipt.invoice, -receipt.amount), receipt.invoice.number
        )
        self._post(
            receipt.ident,
            at,
            "ACCRECPAYMENT",
            receipt.ident,
            f"Reversed {receipt.reference}",
            [bank, owed],
        )

    def _on_account(self, cash: OnAccount) -> None:
        base = cents(cash.amount * cash.rate)
        entries = [
            Entry(bank_of(cash.currency), base, cash.reference),
            Entry(RECEIVABLE, -base, "On account"),
        ]
        self._post(cash.ident, cash.at, _source(cash), cash.ident, cash.reference, entries)

    def _allocate(self, kind: str, ident: str, rate: Decimal, allocation: Allocation) -> None:
        """Inside one control account nothing moves, except what two rates (or their rounding)
        leave."""
        if allocation.at > end_of(ENDS):
            return
        invoice, amount = allocation.invoice, allocation.amount
        difference = self._used(ident, rate, amount) - self._answered(invoice, amount)
        if difference:
            entries = [Entry(RECEIVABLE, difference, invoice.number)]
            self._post(
                allocation.ident,
                allocation.at,
                kind,
                ident,
                "Exchange difference on allocation",
                entries,
            )


def _source(cash: OnAccount) -> str:
    return "AROVERPAYMENT" if cash.kind == "over" else "ARPREPAYMENT"


def balances(journals: list[Journal], on: date) -> dict[str, Decimal]:
    """Every account's balance at the end of a day, since the beginning."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for journal in journals:
        if journal.on <= on:
            for entry in journal.entries:
                sums[entry.account] += entry.amount
    return dict(sums)
