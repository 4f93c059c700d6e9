"""A ledger small enough to check by hand, in the form in which the demo serves documents.

Base currency GBP, financial year to December; the present is 10 March 2026. `xero_company.py` has
the documents.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

Document = dict[str, Any]
World = dict[str, list[Document]]

NOW = datetime(2026, 3, 10, 18, tzinfo=timezone.utc)
EUR_RATE = Decimal("0.851200")
_CHART = (
    ("090", "Business account", "BANK", "ASSET", None),
    ("200", "Maintenance", "REVENUE", "REVENUE", None),
    ("310", "Cost of sales", "DIRECTCOSTS", "EXPENSE", None),
    ("400", "Bad debts", "EXPENSE", "EXPENSE", None),
    ("405", "Discounts allowed", "EXPENSE", "EXPENSE", None),
    ("610", "Accounts receivable", "CURRENT", "ASSET", "DEBTORS"),
    ("620", "Accrued income", "CURRENT", "ASSET", None),
    ("800", "Accounts payable", "CURRLIAB", "LIABILITY", "CREDITORS"),
    ("820", "VAT", "CURRLIAB", "LIABILITY", "GST"),
    ("960", "Retained earnings", "EQUITY", "EQUITY", "RETAINEDEARNINGS"),
)


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_OID, name))


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.utc)


def money(text: str | int) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def line(
    name: str,
    net: str,
    tax: str = "0",
    *,
    account: str = "200",
    inclusive: bool = False,
    **more: Any,
) -> Document:
    """One line of quantity 2 (so that price and amount differ); `inclusive` puts the tax into the
    amount."""
    amount = money(net) + money(tax) if inclusive else money(net)
    return {
        "LineItemID": uid(name),
        "Description": f"Line {name}",
        "Quantity": Decimal("2.0000"),
        "UnitAmount": amount / 2,
        "LineAmount": amount,
        "TaxAmount": money(tax),
        "TaxType": "OUTPUT2" if money(tax) else "NONE",
        "AccountCode": account,
        "ItemCode": "MAINT",
        "Tracking": [],
        **more,
    }


def money_document(day: date, contact: str, lines: list[Document], **more: Any) -> Document:
    """What invoices, credit notes, over- and prepayments have in common; totals are those of the
    lines."""
    tax = sum((one["TaxAmount"] for one in lines), Decimal(0))
    amounts = sum((one["LineAmount"] for one in lines), Decimal(0))
    net = amounts - tax if more.get("LineAmountTypes") == "Inclusive" else amounts
    return {
        "Contact": {"ContactID": uid(contact), "Name": contact},
        "Date": day,
        "LineAmountTypes": "Exclusive",
        "Status": "AUTHORISED",
        "CurrencyCode": "GBP",
        "CurrencyRate": Decimal(1),
        "SubTotal": net,
        "TotalTax": tax,
        "Total": net + tax,
        "Reference": "",
        "UpdatedDateUTC": at(day),
        "LineItems": lines,
        **more,
    }


def invoice(number: str, day: date, contact: str, lines: list[Document], **more: Any) -> Document:
    base = money_document(day, contact, lines, **more)
    dues = {"AmountDue": base["Total"], "AmountPaid": money(0), "AmountCredited": money(0)}
    ids = {
        "Type": "ACCREC",
        "InvoiceID": uid(number),
        "InvoiceNumber": number,
        "DueDate": day + timedelta(days=30),
    }
    return {**ids, **dues, **base}


def allocation(name: str, number: str, day: date, amount: str, **more: Any) -> Document:
    target = {"InvoiceID": uid(number), "InvoiceNumber": number}
    return {
        "AllocationID": uid(name),
        "Amount": money(amount),
        "Date": day,
        "Invoice": target,
        **more,
    }


def credit_note(
    number: str, day: date, contact: str, lines: list[Document], **more: Any
) -> Document:
    ids = {
        "Type": "ACCRECCREDIT",
        "CreditNoteID": uid(number),
        "CreditNoteNumber": number,
        "Allocations": [],
    }
    return {**ids, "RemainingCredit": money(0), **money_document(day, contact, lines), **more}


def payment(name: str, day: date, target: Document, amount: str, **more: Any) -> Document:
    nested = {
        key: target[key]
        for key in ("InvoiceID", "InvoiceNumber", "Type", "CurrencyCode", "Contact")
    }
    return {
        "PaymentID": uid(name),
        "Date": day,
        "Amount": money(amount),
        "BankAmount": money(amount),
        "CurrencyRate": target["CurrencyRate"],
        "PaymentType": "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "Reference": name,
        "IsReconciled": True,
        "UpdatedDateUTC": at(day),
        "Account": {"AccountID": uid("090"), "Code": "090"},
        "Invoice": nested,
        **more,
    }


def journal(
    number: int, day: date, source: str, source_type: str, lines: list[tuple[str, str]]
) -> Document:
    """`lines` are (account code, signed amount)."""
    names = {code: (name, kind) for code, name, kind, _, _ in _CHART}
    return {
        "JournalID": uid(f"journal {number}"),
        "JournalNumber": number,
        "JournalDate": day,
        "CreatedDateUTC": at(day, 10),
        "Reference": "",
        "SourceID": uid(source),
        "SourceType": source_type,
        "JournalLines": [
            {
                "JournalLineID": uid(f"journal {number} line {place}"),
                "AccountID": uid(code),
                "AccountCode": code,
                "AccountType": names[code][1],
                "AccountName": names[code][0],
                "NetAmount": money(amount),
                "GrossAmount": money(amount),
                "TaxAmount": money(0),
                "TrackingCategories": [],
            }
            for place, (code, amount) in enumerate(lines)
        ],
    }


def contact(name: str, **more: Any) -> Document:
    flags = {"ContactStatus": "ACTIVE", "IsCustomer": True, "IsSupplier": False}
    return {
        "ContactID": uid(name),
        "Name": name,
        **flags,
        "UpdatedDateUTC": at(date(2025, 12, 1)),
        **more,
    }


def chart() -> list[Document]:
    return [
        {
            "AccountID": uid(code),
            "Code": code,
            "Name": name,
            "Type": kind,
            "Class": class_,
            "Status": "ACTIVE",
            "SystemAccount": system,
            "UpdatedDateUTC": at(date(2025, 12, 1)),
        }
        for code, name, kind, class_, system in _CHART
    ]
