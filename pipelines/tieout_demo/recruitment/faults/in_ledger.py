"""Faults of cash and of the ledger: booked twice, out of balance, out of period, by one pair of
hands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, month_end, next_month, nth_working_day, working_day
from tieout_demo.recruitment.books.ledger import Entry, Journal, Ledger
from tieout_demo.recruitment.catalogue import BANKS, RENT, REVENUE, SUNDRY
from tieout_demo.recruitment.faults.in_documents import OVERDUE
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.invoicing.cash import Cash
from tieout_demo.recruitment.invoicing.papers import Document, Receipt
from tieout_demo.recruitment.model import BASE, base_rate, draws

_DAYS = [date(2025, 2, 3) + timedelta(days=7 * week) for week in range(82)]


def label_cash(planter: Planter, cash: Cash, invoices: list[Document]) -> None:
    """Receipts booked twice; and the labels of invoices settled short or not at all, once the
    payments are known."""
    whole = [
        receipt
        for receipt in cash.receipts
        if receipt.reversed_on is None and not receipt.open and receipt.client
    ]
    for receipt in planter.pick(
        "payment_duplicated", whole, lambda r: r.received_on, lambda r: ("receipt", id(r)), 4
    ):
        again = Receipt(**vars(receipt))
        again.received_on = working_day(receipt.received_on + timedelta(days=1))
        again.rate = base_rate(again.currency, again.received_on)
        again.payment_id, again.open = f"{receipt.payment_id}-2", receipt.amount
        cash.receipts.append(again)
        note = f"the same as {receipt.payment_id}, which the bank shows once"
        _label_receipt(planter, "payment_duplicated", again, again.received_on, note)
        unapplied = again.received_on + timedelta(days=15)
        _label_receipt(
            planter, "cash_unapplied", again, unapplied, "follows from payment_duplicated"
        )
    for receipt in cash.receipts:
        if receipt.reference == "payment, thank you":
            planted = receipt.received_on + timedelta(days=15)
            _label_receipt(planter, "cash_unapplied", receipt, planted, "nobody knows what it pays")
    paid = {id(one.invoice): one.applied_on for one in cash.applications if one.kind == "payment"}
    for invoice in invoices:
        overdue = invoice.due_on + OVERDUE
        if invoice.fate == "short" and id(invoice) in paid:
            note = f"paid short by {invoice.open}, and called paid"
            args = ("invoices", invoice.invoice_id, invoice.open, invoice.currency)
            planter.label("short_paid", *args, paid[id(invoice)], note)
            planter.label("receivable_overdue", *args, overdue, "follows from short_paid")
        if invoice.fate == "unapplied":
            note = "follows from cash_unapplied: the money is in"
            planter.label(
                "receivable_overdue",
                "invoices",
                invoice.invoice_id,
                invoice.gross,
                invoice.currency,
                overdue,
                note,
            )


def _label_receipt(
    planter: Planter, control_id: str, receipt: Receipt, planted: date, note: str
) -> None:
    planter.label(
        control_id, "payments", receipt.payment_id, receipt.amount, receipt.currency, planted, note
    )


def plant_journals(planter: Planter, seed: int, ledger: Ledger) -> None:
    """Small journals of the clerks, most of them sound, some of them not."""
    chance = draws(seed, "sundry journals")
    sound: list[Journal] = []
    for on in map(working_day, _DAYS):
        sound.append(
            _sundry(
                ledger,
                on,
                at(on, 15),
                Decimal(chance.randrange(4_000, 90_000)) / 100,
                "Sundry expenses",
            )
        )

    def pick(control_id: str, count: int) -> list[date]:
        return planter.pick(
            control_id, _DAYS, lambda day: day, lambda day: (control_id, day), count
        )

    for on in pick("journal_unbalanced", 3):
        off = Decimal(chance.randrange(1_000, 20_000)) / 100
        journal = _sundry(ledger, on, at(on, 15, 30), Decimal(250) + off, "Sundry expenses, split")
        journal.entries[0].amount -= off
        _label(planter, "journal_unbalanced", journal, off, on, f"{off} short on the debit side")
    for on in pick("backdated_entry", 3):
        posted_on = on - timedelta(days=chance.randrange(45, 75))
        journal = _sundry(
            ledger,
            max(posted_on, date(2025, 1, 2)),
            at(on, 15, 40),
            _amount(chance.random()),
            "Late invoice",
        )
        note = f"entered on {on}, posted on {journal.posted_on}"
        if (on - journal.posted_on).days > 30:
            amount = journal.entries[0].amount
            _label(planter, "backdated_entry", journal, amount, on, note)
            _label(
                planter,
                "posted_to_closed_period",
                journal,
                amount,
                on,
                "follows from backdated_entry",
            )
    for on in pick("posted_to_closed_period", 4):
        month = month_end(on)
        entered = max(
            nth_working_day(next_month(on), 9),
            date(2026, 1, 26) if month == date(2025, 12, 31) else on,
        )
        journal = _sundry(
            ledger, month, at(entered, 16), _amount(chance.random()), "Correction after the close"
        )
        note = f"entered on {entered} into a month already closed"
        _label(
            planter, "posted_to_closed_period", journal, journal.entries[0].amount, entered, note
        )
    for on in pick("future_dated_entry", 3):
        ahead = on + timedelta(days=chance.randrange(35, 60))
        journal = _sundry(
            ledger, ahead, at(on, 16, 10), _amount(chance.random()), "Rent in advance"
        )
        note = f"entered on {on}, dated {ahead}"
        _label(planter, "future_dated_entry", journal, journal.entries[0].amount, on, note)
    for on in pick("revenue_journal_without_document", 3):
        amount = _amount(chance.random())
        entries = [Entry(SUNDRY, amount), Entry(REVENUE["staffing"], -amount)]
        journal = ledger.manual(on, at(on, 16, 20), "manual", "Reclassified to revenue", entries)
        _label(
            planter,
            "revenue_journal_without_document",
            journal,
            amount,
            on,
            "revenue by hand, from no document",
        )
    for journal in planter.pick(
        "preparer_is_approver journals",
        sound,
        lambda j: j.posted_on,
        lambda j: ("own", j.posted_on),
        3,
    ):
        journal.approved_by = journal.entered_by
        note = f"entered and approved by {journal.entered_by}"
        _label(
            planter,
            "preparer_is_approver",
            journal,
            journal.entries[0].amount,
            journal.posted_on,
            note,
        )


def _amount(share: float) -> Decimal:
    return Decimal(int(share * 400_000) + 20_000) / 100


def _sundry(
    ledger: Ledger, posted_on: date, entered_at: datetime, amount: Decimal, what: str
) -> Journal:
    entries = [Entry(SUNDRY if posted_on.day % 2 else RENT, amount), Entry(BANKS[BASE], -amount)]
    return ledger.manual(posted_on, entered_at, "manual", what, entries)


def _label(
    planter: Planter, control_id: str, journal: Journal, value: Decimal, planted: date, note: str
) -> None:
    planter.label(
        control_id, "journal_lines", lambda: journal.journal_id, value, BASE, planted, note
    )
