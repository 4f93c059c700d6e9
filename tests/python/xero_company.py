"""The documents of the hand-checked ledger: one of each case that a rule of the connector or its
staging is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.python.xero_world import (
    EUR_RATE,
    Document,
    World,
    allocation,
    at,
    chart,
    contact,
    credit_note,
    invoice,
    journal,
    line,
    money_document,
    payment,
    uid,
)

JAN, FEB, MARCH = date(2026, 1, 10), date(2026, 2, 5), date(2026, 3, 2)
JOB = {"Tracking": [{"Name": "Region", "Option": "North"}, {"Name": "Job", "Option": "JOB-00001"}]}


def world() -> World:
    """The ledger on 10 March 2026."""
    paid = invoice(
        "INV-1",
        JAN,
        "Ash Ltd",
        [line("a", "100", "20", **JOB), line("b", "50", "10")],
        Status="PAID",
    )
    mixed = [
        line("c", "180", "36", inclusive=True, UnitAmount=Decimal(120), DiscountRate=Decimal(10))
    ]
    euro = {
        "CurrencyCode": "EUR",
        "CurrencyRate": (1 / EUR_RATE).quantize(Decimal("1e-10")),
        "LineAmountTypes": "NoTax",
    }
    bill = {"Type": "ACCPAY", "Contact": {"ContactID": uid("Supplies plc"), "Name": "Supplies plc"}}
    return {
        "Organisation": [_organisation()],
        "Currencies": [
            {"Code": "GBP", "Description": "British pound"},
            {"Code": "EUR", "Description": "Euro"},
        ],
        "Accounts": chart(),
        "TaxRates": [
            {
                "TaxType": "OUTPUT2",
                "Name": "20% VAT",
                "Status": "ACTIVE",
                "EffectiveRate": Decimal("20.0000"),
            },
            {"TaxType": "NONE", "Name": "No VAT", "Status": "ACTIVE", "EffectiveRate": Decimal(0)},
        ],
        "Items": [
            {
                "ItemID": uid("MAINT"),
                "Code": "MAINT",
                "Name": "Maintenance visit",
                "IsSold": True,
                "UpdatedDateUTC": at(date(2025, 12, 1)),
                "SalesDetails": {
                    "UnitPrice": Decimal("50.1234"),
                    "AccountCode": "200",
                    "TaxType": "OUTPUT2",
                },
            }
        ],
        "TrackingCategories": [
            {
                "TrackingCategoryID": uid("Job"),
                "Name": "Job",
                "Status": "ACTIVE",
                "Options": [
                    {"TrackingOptionID": uid("JOB-00001"), "Name": "JOB-00001", "Status": "ACTIVE"}
                ],
            }
        ],
        "Contacts": [
            contact(
                "Ash Ltd",
                TaxNumber="GB1",
                Addresses=[{"AddressType": "POBOX", "City": "Leeds", "Country": "GB"}],
            ),
            contact("Birch GmbH", ContactStatus="ARCHIVED"),
            contact("Supplies plc", IsCustomer=False, IsSupplier=True),
        ],
        "Invoices": [
            paid,
            invoice("INV-2", FEB, "Ash Ltd", mixed, Status="DRAFT", LineAmountTypes="Inclusive"),
            invoice("INV-3", FEB, "Birch GmbH", [line("d", "1000")], **euro),
            invoice(
                "INV-4",
                FEB,
                "Ash Ltd",
                [line("e", "70")],
                Status="VOIDED",
                UpdatedDateUTC=at(MARCH),
            ),
            invoice("INV-5", FEB, "Ash Ltd", [line("f", "80")], Status="DELETED"),
            invoice("BILL-1", JAN, "Supplies plc", [line("g", "30", account="310")], **bill),
        ],
        "CreditNotes": _credit_notes(euro),
        "Payments": [
            payment("P-1", FEB, paid, "150"),
            payment("P-2", FEB, paid, "180", Status="DELETED", UpdatedDateUTC=at(MARCH)),
        ],
        "Overpayments": [
            _prepaid("OverpaymentID", "OVER-1", [allocation("o1", "INV-1", MARCH, "10")])
        ],
        "Prepayments": [_prepaid("PrepaymentID", "PRE-1", [])],
        "BankTransactions": [_bank_transaction()],
        "ManualJournals": [
            _manual("M-1", date(2026, 1, 31), "Accrued income JOB-00001 January 2026"),
            _manual("M-2", date(2026, 2, 1), "Reversal: Accrued income JOB-00001 January 2026"),
        ],
        "Journals": _journals(),
    }


def _organisation() -> Document:
    return {
        "OrganisationID": uid("organisation"),
        "Name": "Small Ltd",
        "LegalName": "Small Limited",
        "BaseCurrency": "GBP",
        "CountryCode": "GB",
        "Timezone": "GMTSTANDARDTIME",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "PeriodLockDate": date(2026, 1, 31),
        "CreatedDateUTC": at(date(2025, 12, 1)),
    }


def _credit_notes(euro: Document) -> list[Document]:
    price = {
        "Allocations": [allocation("x1", "INV-3", MARCH, "100")],
        "Reference": "Credit INV-3 price",
        **euro,
    }
    taken_back = allocation("x3", "INV-1", MARCH, "1", IsDeleted=True)
    return [
        credit_note("CN-1", MARCH, "Birch GmbH", [line("h", "100")], **price),
        credit_note(
            "CN-2",
            MARCH,
            "Ash Ltd",
            [line("i", "15", account="400")],
            Allocations=[allocation("x2", "INV-1", MARCH, "15"), taken_back],
        ),
        credit_note(
            "CN-3",
            MARCH,
            "Ash Ltd",
            [line("j", "5", account="405")],
            Allocations=[allocation("x4", "INV-1", MARCH, "5")],
        ),
    ]


def _prepaid(key: str, name: str, allocations: list[Document]) -> Document:
    kind = "RECEIVE-OVERPAYMENT" if key == "OverpaymentID" else "RECEIVE-PREPAYMENT"
    document = money_document(
        FEB, "Ash Ltd", [line(name, "25", account="610")], LineAmountTypes="NoTax"
    )
    return {
        key: uid(name),
        "Type": kind,
        "RemainingCredit": Decimal("15.00"),
        "Allocations": allocations,
        **document,
    }


def _bank_transaction() -> Document:
    document = money_document(
        FEB, "Ash Ltd", [line("k", "25", account="610")], LineAmountTypes="NoTax"
    )
    return {
        "BankTransactionID": uid("BANK-1"),
        "Type": "RECEIVE-OVERPAYMENT",
        "BankAccount": {"AccountID": uid("090"), "Code": "090", "Name": "Business account"},
        "OverpaymentID": uid("OVER-1"),
        "IsReconciled": False,
        **document,
    }


def _manual(name: str, day: date, narration: str) -> Document:
    return {
        "ManualJournalID": uid(name),
        "Narration": narration,
        "Date": day,
        "Status": "POSTED",
        "LineAmountTypes": "NoTax",
        "UpdatedDateUTC": at(day),
        "JournalLines": [
            {"LineAmount": Decimal("60.00"), "AccountCode": "620"},
            {"LineAmount": Decimal("-60.00"), "AccountCode": "200"},
        ],
    }


def _journals() -> list[Document]:
    """Numbers with gaps, a month of last year, and an invoice edited after posting (5 and 9 undo
    and repeat it)."""
    sale = [("610", "180"), ("200", "-150"), ("820", "-30")]
    back = [(code, f"{-Decimal(amount)}") for code, amount in sale]
    return [
        journal(1, date(2025, 12, 15), "opening", "MANJOURNAL", [("610", "40"), ("200", "-40")]),
        journal(2, JAN, "INV-1", "ACCREC", sale),
        journal(5, JAN, "INV-1", "ACCREC", back),
        journal(9, JAN, "INV-1", "ACCREC", sale),
        journal(12, date(2026, 1, 31), "M-1", "MANJOURNAL", [("620", "60"), ("200", "-60")]),
        journal(13, date(2026, 2, 1), "M-2", "MANJOURNAL", [("620", "-60"), ("200", "60")]),
        journal(20, FEB, "P-1", "ACCRECPAYMENT", [("090", "150"), ("610", "-150")]),
        journal(22, FEB, "OVER-1", "AROVERPAYMENT", [("090", "25"), ("610", "-25")]),
        journal(31, MARCH, "CN-2", "ACCRECCREDIT", [("610", "-15"), ("400", "15")]),
    ]
