"""Chart of accounts, tax rates, items, organisation: Dutch habits, codes of four digits or none."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from second_world.basics import Doc, at, day, uid


class Account(NamedTuple):
    """An account; `role` is what account_roles must say, None where its type says it."""

    code: str
    name: str
    type: str
    class_: str
    system: str | None = None
    role: str = "other"
    status: str = "ACTIVE"


BANK, SAVINGS, RECEIVABLE, REVENUE, PARTS, PLANS = "1010", "", "1300", "8000", "8010", "8020"
OLD_SALES, RETENTION, WITHHELD, DEPOSITS, DEFERRED = "8090", "1310", "1320", "1710", "1720"
VAT, PAYABLE, LOAN, RENT, BANK_FEES, TRAVEL = "1510", "1600", "0810", "4400", "4500", "4600"
FX_GAIN, BAD_DEBT, ROUNDING, EARNINGS, OPENING = "4700", "4800", "4810", "0900", "0840"
COSTS, OUTSIDE, ACCRUALS = "7000", "7010", "1650"

ACCOUNTS = {
    each.code: each
    for each in (
        Account(BANK, "Rabobank current account", "BANK", "ASSET", role="cash"),
        Account(SAVINGS, "Rabobank savings", "BANK", "ASSET", role="cash"),
        Account(RECEIVABLE, "Debiteuren", "CURRENT", "ASSET", "DEBTORS", "receivable"),
        Account(RETENTION, "Retention held by customers", "CURRENT", "ASSET", role="retention"),
        Account(WITHHELD, "Bronbelasting", "CURRENT", "ASSET", role="withholding_tax"),
        Account(VAT, "BTW", "CURRLIAB", "LIABILITY", "GST", "tax"),
        Account(PAYABLE, "Crediteuren", "CURRLIAB", "LIABILITY", "CREDITORS"),
        Account(DEPOSITS, "Deposits received", "CURRLIAB", "LIABILITY", role="customer_deposits"),
        Account(DEFERRED, "Deferred income", "CURRLIAB", "LIABILITY", role="deferred_income"),
        Account(LOAN, "Bank loan", "TERMLIAB", "LIABILITY"),
        Account(EARNINGS, "Retained earnings", "EQUITY", "EQUITY", "RETAINEDEARNINGS"),
        Account(OPENING, "Historical adjustment", "EQUITY", "EQUITY", "HISTORICAL"),
        Account(REVENUE, "Workshop labour", "REVENUE", "REVENUE", role="revenue"),
        Account(PARTS, "Machined parts", "SALES", "REVENUE", role="revenue"),
        Account(PLANS, "Care plans", "REVENUE", "REVENUE", role="revenue"),
        Account(OLD_SALES, "Sales (old)", "REVENUE", "REVENUE", role="revenue", status="ARCHIVED"),
        Account(RENT, "Rent", "OVERHEADS", "EXPENSE"),
        Account(BANK_FEES, "Bank charges", "EXPENSE", "EXPENSE", role="finance_cost"),
        Account(TRAVEL, "Travel and freight", "EXPENSE", "EXPENSE"),
        Account(
            FX_GAIN,
            "Realised currency gains",
            "EXPENSE",
            "EXPENSE",
            "REALISEDCURRENCYGAIN",
            "exchange_difference",
        ),
        Account(BAD_DEBT, "Bad debts", "EXPENSE", "EXPENSE", role="bad_debt"),
        Account(ROUNDING, "Rounding", "EXPENSE", "EXPENSE", "ROUNDING"),
        Account(COSTS, "Materials", "DIRECTCOSTS", "EXPENSE", role="cost_of_sales"),
        Account(OUTSIDE, "Outside work", "DIRECTCOSTS", "EXPENSE", role="cost_of_sales"),
        Account(ACCRUALS, "Accrued costs", "CURRLIAB", "LIABILITY"),
    )
}
TAXES = {
    "TAX001": ("21% BTW hoog", Decimal(21)),
    "TAX002": ("9% BTW laag", Decimal(9)),
    "ECOUTPUTSERVICES": ("BTW verlegd", Decimal(0)),
    "NONE": ("No tax", Decimal(0)),
    "TAX101": ("21% voorbelasting", Decimal(21)),
}
HIGH, LOW, SHIFTED, NONE, INPUT = TAXES
ITEMS = (
    ("UUR", "Workshop hour", REVENUE),
    ("FLENS", "Flange", PARTS),
    ("AS", "Drive shaft", PARTS),
    ("PLAN", "Care plan, a month", PLANS),
    ("PROJECT", "Refit project", REVENUE),
)


def account_id(code: str) -> str:
    """The account's own id: the savings account has no code and is known by it alone."""
    return uid("account", code or "savings")


def reference_documents() -> dict[str, list[Doc]]:
    """Organisation, accounts, tax rates, items and currencies, as Xero serves them."""
    before = at(day("2025-12-01"))
    return {
        "Organisation": [
            {
                "OrganisationID": uid("organisation"),
                "Name": "Harrow & Pike",
                "LegalName": "Harrow & Pike B.V.",
                "BaseCurrency": "EUR",
                "CountryCode": "NL",
                "Timezone": "WEUROPESTANDARDTIME",
                "FinancialYearEndDay": 31,
                "FinancialYearEndMonth": 12,
                "CreatedDateUTC": before,
                "TaxNumber": "NL861234567B01",
                "PeriodLockDate": day("2025-12-31"),
            }
        ],
        "Accounts": [
            {
                "AccountID": account_id(each.code),
                "Code": each.code,
                "Name": each.name,
                "Type": each.type,
                "Class": each.class_,
                "Status": each.status,
                "SystemAccount": each.system or "",
                "CurrencyCode": "EUR" if each.type == "BANK" else None,
                "UpdatedDateUTC": before,
            }
            for each in ACCOUNTS.values()
        ],
        "TaxRates": [
            {
                "TaxType": code,
                "Name": name,
                "Status": "ACTIVE",
                "EffectiveRate": rate,
                "DisplayTaxRate": rate,
            }
            for code, (name, rate) in TAXES.items()
        ],
        "Items": [
            {
                "ItemID": uid("item", code),
                "Code": code,
                "Name": name,
                "IsSold": True,
                "IsPurchased": False,
                "UpdatedDateUTC": before,
                "SalesDetails": {"AccountCode": account},
            }
            for code, name, account in ITEMS
        ],
        "Currencies": [{"Code": code, "Description": code} for code in ("EUR", "GBP", "USD")],
    }
