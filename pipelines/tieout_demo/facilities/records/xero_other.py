"""Bills and their payments, money without an invoice, journals: the rest of the ledger's
documents."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from tieout_demo.facilities.basics import ZERO, uid
from tieout_demo.facilities.books.overheads import bill_payment_id
from tieout_demo.facilities.invoicing.papers import Bill, CashMove, Journal
from tieout_demo.facilities.records import xero_chart as chart
from tieout_demo.facilities.records.changes import last

Doc = dict[str, Any]
_ONE = Decimal("1.0000000000")


def _supplier(bill: Bill) -> Doc:
    return {
        "ContactID": chart.supplier_id(bill.supplier),
        "Name": chart.supplier_name(bill.supplier),
    }


def bill(bill: Bill, night: datetime) -> Doc | None:
    changed = last(night, bill.created, bill.paid)
    if changed is None:
        return None
    is_paid = bill.paid is not None and changed >= bill.paid
    gross = bill.net + bill.tax
    lines = [
        {
            "LineItemID": uid("bill line", bill.ident, number),
            "Description": text,
            "Quantity": Decimal(1),
            "UnitAmount": net,
            "LineAmount": net,
            "TaxAmount": tax,
            "TaxType": "INPUT2",
            "AccountCode": account,
            "Tracking": chart.tracking(job) if job else [],
        }
        for number, (text, account, net, tax, job) in enumerate(bill.lines)
    ]
    return {
        "Type": "ACCPAY",
        "InvoiceID": bill.ident,
        "InvoiceNumber": bill.number,
        "Contact": _supplier(bill),
        "Date": bill.issued,
        "DueDate": bill.due,
        "LineAmountTypes": "Exclusive",
        "Status": "PAID" if is_paid else "AUTHORISED",
        "CurrencyCode": "GBP",
        "CurrencyRate": _ONE,
        "SubTotal": bill.net,
        "TotalTax": bill.tax,
        "Total": gross,
        "Reference": "",
        "AmountDue": ZERO if is_paid else gross,
        "AmountPaid": gross if is_paid else ZERO,
        "AmountCredited": ZERO,
        "UpdatedDateUTC": changed,
        "LineItems": lines,
        **({"FullyPaidOnDate": changed.date()} if is_paid else {}),
    }


def bill_payment(bill: Bill, night: datetime) -> Doc | None:
    if bill.paid is None or bill.paid > night:
        return None
    gross = bill.net + bill.tax
    return {
        "PaymentID": bill_payment_id(bill),
        "Date": bill.paid.date(),
        "Amount": gross,
        "BankAmount": gross,
        "CurrencyRate": _ONE,
        "Reference": bill.number,
        "PaymentType": "ACCPAYPAYMENT",
        "Status": "AUTHORISED",
        "IsReconciled": True,
        "UpdatedDateUTC": bill.paid,
        "Account": {"AccountID": chart.account_id("090"), "Code": "090"},
        "Invoice": {
            "InvoiceID": bill.ident,
            "InvoiceNumber": bill.number,
            "Type": "ACCPAY",
            "CurrencyCode": "GBP",
            "Contact": _supplier(bill),
        },
    }


def cash_move(move: CashMove) -> Doc:
    line = {
        "LineItemID": uid("move line", move.ident),
        "Description": move.text,
        "Quantity": Decimal(1),
        "UnitAmount": move.amount,
        "LineAmount": move.amount,
        "TaxAmount": ZERO,
        "TaxType": "NONE",
        "AccountCode": move.account,
    }
    return {
        "BankTransactionID": move.ident,
        "Type": move.kind,
        "Status": "AUTHORISED",
        "BankAccount": {
            "AccountID": chart.account_id(move.bank),
            "Code": move.bank,
            "Name": chart.NAMES[move.bank],
        },
        "Date": move.on,
        "CurrencyCode": "GBP",
        "CurrencyRate": _ONE,
        "SubTotal": move.amount,
        "TotalTax": ZERO,
        "Total": move.amount,
        "Reference": move.text,
        "LineAmountTypes": "NoTax",
        "LineItems": [line],
        "IsReconciled": True,
        "UpdatedDateUTC": move.at,
    }


def journal(journal: Journal) -> Doc:
    lines = []
    for number, entry in enumerate(journal.entries):
        line: Doc = {
            "JournalLineID": uid("journal line", journal.ident, number),
            "AccountID": chart.account_id(entry.account),
            "AccountCode": entry.account,
            "AccountType": chart.TYPES[entry.account][0],
            "AccountName": chart.NAMES[entry.account],
            "Description": entry.text,
            "NetAmount": entry.amount,
            "GrossAmount": entry.amount + entry.tax,
            "TaxAmount": entry.tax,
            "TrackingCategories": [],
        }
        if entry.tax_type:
            line["TaxType"] = entry.tax_type
        if entry.job:
            line["TrackingCategories"] = chart.tracking(entry.job)
        lines.append(line)
    return {
        "JournalID": journal.ident,
        "JournalNumber": journal.number,
        "JournalDate": journal.on,
        "CreatedDateUTC": journal.at,
        "Reference": journal.reference,
        "SourceID": journal.source,
        "SourceType": journal.source_type,
        "JournalLines": lines,
    }


def manual_journal(journal: Journal) -> Doc:
    lines = [
        {
            "LineAmount": entry.amount,
            "AccountCode": entry.account,
            "Description": entry.text,
            "TaxType": "NONE",
            "Tracking": chart.tracking(entry.job) if entry.job else [],
        }
        for entry in journal.entries
    ]
    return {
        "ManualJournalID": journal.ident,
        "Narration": journal.narration,
        "Date": journal.on,
        "Status": "POSTED",
        "LineAmountTypes": "NoTax",
        "UpdatedDateUTC": journal.at,
        "JournalLines": lines,
    }
