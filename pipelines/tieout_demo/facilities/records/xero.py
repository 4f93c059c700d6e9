"""The ledger's documents with Xero's field names, as `xero_server.py` describes them: sales side
and journals."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout_demo.facilities.basics import ZERO, cents, end_of, uid
from tieout_demo.facilities.books.ledger import bank_of
from tieout_demo.facilities.catalogue import TAX_PCT
from tieout_demo.facilities.invoicing.papers import (
    Allocation,
    Credit,
    OnAccount,
    Paper,
    PaperLine,
    Receipt,
)
from tieout_demo.facilities.model import Party
from tieout_demo.facilities.records import xero_chart as chart
from tieout_demo.facilities.records import xero_other as other
from tieout_demo.facilities.records.changes import last_of
from tieout_demo.facilities.world import World

Doc = dict[str, Any]
_TEN = Decimal("0.0000000001")


def documents(world: World, until: date) -> dict[str, Any]:
    night = end_of(until)
    desk = _Desk(world, night)
    found: dict[str, Any] = {
        **chart.standing(world, until),
        "Invoices": [doc for paper in world.invoices if (doc := desk.invoice(paper))],
        "CreditNotes": [doc for credit in world.credits if (doc := desk.credit(credit))],
        "Payments": [doc for receipt in world.receipts if (doc := desk.receipt(receipt))],
        "Overpayments": [],
        "Prepayments": [],
        "BankTransactions": [other.cash_move(move) for move in world.moves if move.at <= night],
    }
    found["Invoices"] += [doc for bill in world.bills if (doc := other.bill(bill, night))]
    found["Payments"] += [doc for bill in world.bills if (doc := other.bill_payment(bill, night))]
    for cash in world.on_account:
        if cash.at <= night:
            found["Overpayments" if cash.kind == "over" else "Prepayments"].append(
                desk.on_account(cash)
            )
            found["BankTransactions"].append(desk.bank_receipt(cash))
    found["Journals"] = [
        other.journal(journal) for journal in world.journals if journal.at <= night
    ]
    found["ManualJournals"] = [
        other.manual_journal(journal)
        for journal in world.journals
        if journal.narration and journal.at <= night
    ]
    return found


def rate_of(rate: Decimal) -> Decimal:
    """Xero's way round: units of the document's currency for one of the ledger's."""
    return (1 / rate).quantize(_TEN)


def contact(paper: Paper | OnAccount) -> Doc:
    party = contact_party(paper)
    return {"ContactID": party.ident, "Name": party.name}


def contact_party(paper: Paper | OnAccount) -> Party:
    twin = paper.customer.books_twin
    return twin if twin is not None and paper.on_twin else paper.customer.books


def line_item(line: PaperLine, line_amounts: str, *, account: str | None = None) -> Doc:
    """Inclusive documents carry the tax inside unit price and amount."""
    inclusive = line_amounts == "Inclusive"
    factor = 1 + Decimal(TAX_PCT[line.tax_type]) / 100 if inclusive else Decimal(1)
    made: Doc = {
        "LineItemID": line.ident,
        "Description": line.text,
        "Quantity": line.quantity,
        "UnitAmount": (line.unit_price * factor).quantize(Decimal("0.0001")),
        "LineAmount": line.net + line.tax if inclusive else line.net,
        "TaxAmount": line.tax,
        "TaxType": line.tax_type,
        "AccountCode": account or line.account,
        "Tracking": [],
    }
    if line.item_code:
        made["ItemCode"] = line.item_code
    if line.discount_pct:
        made["DiscountRate"] = Decimal(line.discount_pct)
    if line.job and line.tracked and line.told:
        made["Tracking"] = chart.tracking(line.job.code)
    return made


class _Desk:
    """Knows what was set against each invoice, and so what each looked like on the night."""

    def __init__(self, world: World, night: datetime) -> None:
        self.night = night
        self._cash: dict[str, list[Receipt]] = defaultdict(list)
        self._set_off: dict[str, list[Allocation]] = defaultdict(list)
        for receipt in world.receipts:
            self._cash[receipt.invoice.ident].append(receipt)
        made = [allocation for credit in world.credits for allocation in credit.allocations]
        for allocation in made + [
            allocation for cash in world.on_account for allocation in cash.allocations
        ]:
            self._set_off[allocation.invoice.ident].append(allocation)

    def _paper(self, paper: Paper, changed: datetime, settled: Decimal) -> Doc:
        gone = paper.voided is not None and changed >= paper.voided
        drafted = changed < paper.posted
        left = paper.gross - settled
        status = "VOIDED" if gone else "DRAFT" if drafted else "PAID" if left == 0 else "AUTHORISED"
        early = paper.edited is not None and changed < paper.edited
        return {
            "Contact": contact(paper),
            "Date": paper.issued,
            "LineAmountTypes": paper.line_amounts,
            "Status": status,
            "CurrencyCode": paper.currency,
            "CurrencyRate": rate_of(paper.rate),
            "SubTotal": paper.net + paper.off_by,
            "TotalTax": paper.tax,
            "Total": paper.gross,
            "Reference": paper.edited_from if early else paper.reference,
            "UpdatedDateUTC": changed,
            "LineItems": [
                line_item(line, paper.line_amounts, account="240" if early else None)
                for line in paper.lines
            ],
        }

    def invoice(self, paper: Paper) -> Doc | None:
        cash, set_off = self._cash[paper.ident], self._set_off[paper.ident]
        events = [
            paper.posted,
            paper.edited,
            paper.voided,
            *(allocation.at for allocation in set_off),
        ]
        for receipt in cash:
            events += [receipt.at, receipt.reversed]
        changed = last_of(self.night, paper.created, events)
        if changed is None:
            return None
        paid = sum(
            (
                r.amount
                for r in cash
                if r.at <= changed and not (r.reversed and r.reversed <= changed)
            ),
            ZERO,
        )
        credited = sum((a.amount for a in set_off if a.at <= changed), ZERO)
        doc = self._paper(paper, changed, paid + credited)
        gone = doc["Status"] == "VOIDED"
        doc |= {
            "Type": "ACCREC",
            "InvoiceID": paper.ident,
            "InvoiceNumber": paper.number,
            "DueDate": paper.due,
            "AmountDue": ZERO if gone else paper.gross - paid - credited,
            "AmountPaid": paid,
            "AmountCredited": credited,
        }
        if doc["Status"] == "PAID":
            doc["FullyPaidOnDate"] = changed.date()
        return doc

    def credit(self, credit: Credit) -> Doc | None:
        paper = credit.paper
        changed = last_of(
            self.night,
            paper.created,
            [paper.posted, paper.voided, *(a.at for a in credit.allocations)],
        )
        if changed is None:
            return None
        known = [a for a in credit.allocations if a.at <= changed]
        used = sum((a.amount for a in known), ZERO)
        doc = self._paper(paper, changed, used)
        doc |= {
            "Type": "ACCRECCREDIT",
            "CreditNoteID": paper.ident,
            "CreditNoteNumber": paper.number,
            "RemainingCredit": paper.gross - used,
            "Allocations": [_allocation(a) for a in known],
        }
        if doc["Status"] == "PAID":
            doc["FullyPaidOnDate"] = changed.date()
        return doc

    def receipt(self, receipt: Receipt) -> Doc | None:
        changed = last_of(self.night, receipt.at, [receipt.reversed])
        if changed is None:
            return None
        paper = receipt.invoice
        bank = bank_of(paper.currency)
        doc: Doc = {
            "PaymentID": receipt.ident,
            "Date": receipt.at.date(),
            "Amount": receipt.amount,
            "BankAmount": receipt.amount
            if bank == "091" or paper.currency == "GBP"
            else cents(receipt.amount * receipt.rate),
            "CurrencyRate": rate_of(receipt.rate),
            "Reference": receipt.reference,
            "PaymentType": "ACCRECPAYMENT",
            "Status": "DELETED"
            if receipt.reversed and changed >= receipt.reversed
            else "AUTHORISED",
            "IsReconciled": True,
            "UpdatedDateUTC": changed,
            "Account": {"AccountID": chart.account_id(bank), "Code": bank},
            "Invoice": {
                "InvoiceID": paper.ident,
                "InvoiceNumber": paper.number,
                "Type": "ACCREC",
                "CurrencyCode": paper.currency,
                "Contact": contact(paper),
            },
        }
        if receipt.batch:
            doc["BatchPaymentID"] = receipt.batch
        return doc

    def on_account(self, cash: OnAccount) -> Doc:
        changed = last_of(self.night, cash.at, [a.at for a in cash.allocations]) or cash.at
        known = [a for a in cash.allocations if a.at <= changed]
        left = cash.amount - sum((a.amount for a in known), ZERO)
        name = "Overpayment" if cash.kind == "over" else "Prepayment"
        return {
            f"{name}ID": cash.ident,
            "Type": f"RECEIVE-{name.upper()}",
            "Contact": contact(cash),
            "Date": cash.at.date(),
            "Status": "PAID" if left == 0 else "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "CurrencyCode": cash.currency,
            "CurrencyRate": rate_of(cash.rate),
            "SubTotal": cash.amount,
            "TotalTax": ZERO,
            "Total": cash.amount,
            "RemainingCredit": left,
            "Reference": cash.reference,
            "UpdatedDateUTC": changed,
            "LineItems": [_cash_line(cash)],
            "Allocations": [_allocation(a) for a in known],
        }

    def bank_receipt(self, cash: OnAccount) -> Doc:
        name = "Overpayment" if cash.kind == "over" else "Prepayment"
        bank = bank_of(cash.currency)
        return {
            "BankTransactionID": uid("bank", cash.ident),
            "Type": f"RECEIVE-{name.upper()}",
            "Status": "AUTHORISED",
            "BankAccount": {
                "AccountID": chart.account_id(bank),
                "Code": bank,
                "Name": chart.NAMES[bank],
            },
            "Date": cash.at.date(),
            "CurrencyCode": cash.currency,
            "CurrencyRate": rate_of(cash.rate),
            "SubTotal": cash.amount,
            "TotalTax": ZERO,
            "Total": cash.amount,
            "Reference": cash.reference,
            "Contact": contact(cash),
            "LineAmountTypes": "NoTax",
            "LineItems": [_cash_line(cash)],
            "IsReconciled": True,
            f"{name}ID": cash.ident,
            "UpdatedDateUTC": cash.at,
        }


def _cash_line(cash: OnAccount) -> Doc:
    account = "610" if cash.kind == "over" else "840"
    return {
        "LineItemID": uid("cash line", cash.ident),
        "Description": cash.reference,
        "Quantity": Decimal(1),
        "UnitAmount": cash.amount,
        "LineAmount": cash.amount,
        "TaxAmount": ZERO,
        "TaxType": "NONE",
        "AccountCode": account,
    }


def _allocation(allocation: Allocation) -> Doc:
    paper = allocation.invoice
    return {
        "AllocationID": allocation.ident,
        "Amount": allocation.amount,
        "Date": allocation.at.date(),
        "Invoice": {"InvoiceID": paper.ident, "InvoiceNumber": paper.number},
    }
