"""What stands still in the ledger: chart of accounts, contacts, items, tax rates, tracking, the
organisation."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from tieout_demo.facilities.basics import end_of, moment, month_ends, uid
from tieout_demo.facilities.catalogue import OUTPUT_TAX, TAX_PCT
from tieout_demo.facilities.invoicing.billing import ledger_code
from tieout_demo.facilities.model import Customer, Party
from tieout_demo.facilities.world import World
from tieout_demo.treasury import closes_at

Doc = dict[str, Any]
_BEGAN = moment(date(2024, 12, 1), 9, "organisation")
TRACKING = uid("tracking", "Job")
NAMES = {
    "090": "Current account",
    "091": "Euro account",
    "200": "Maintenance income",
    "210": "Labour income",
    "220": "Project income",
    "230": "Materials income",
    "240": "Sundry income",
    "310": "Materials",
    "320": "Labour and subcontract",
    "400": "Bad debts",
    "405": "Discounts allowed",
    "416": "Depreciation",
    "429": "Rent and general",
    "477": "Salaries",
    "497": "Exchange differences",
    "610": "Accounts receivable",
    "620": "Accrued income",
    "630": "Work in progress",
    "710": "Vans",
    "711": "Vans, depreciation",
    "800": "Accounts payable",
    "814": "Wages payable",
    "820": "VAT",
    "840": "Customer deposits",
    "850": "Deferred income",
    "860": "Rounding",
    "960": "Retained earnings",
    "970": "Share capital",
}
# Type, class, Xero's own mark on accounts it posts to by itself.
TYPES: dict[str, tuple[str, str, str | None]] = {
    **dict.fromkeys(("090", "091"), ("BANK", "ASSET", None)),
    **dict.fromkeys(("200", "210", "220", "230", "240"), ("REVENUE", "REVENUE", None)),
    **dict.fromkeys(("310", "320"), ("DIRECTCOSTS", "EXPENSE", None)),
    **dict.fromkeys(("400", "405", "416", "429", "477"), ("EXPENSE", "EXPENSE", None)),
    "497": ("EXPENSE", "EXPENSE", "REALISEDCURRENCYGAIN"),
    "610": ("CURRENT", "ASSET", "DEBTORS"),
    **dict.fromkeys(("620", "630"), ("CURRENT", "ASSET", None)),
    **dict.fromkeys(("710", "711"), ("FIXED", "ASSET", None)),
    "800": ("CURRLIAB", "LIABILITY", "CREDITORS"),
    **dict.fromkeys(("814", "840", "850"), ("CURRLIAB", "LIABILITY", None)),
    "820": ("CURRLIAB", "LIABILITY", "GST"),
    "860": ("CURRLIAB", "LIABILITY", "ROUNDING"),
    "960": ("EQUITY", "EQUITY", "RETAINEDEARNINGS"),
    "970": ("EQUITY", "EQUITY", None),
}
_TAX_NAMES = {
    "OUTPUT2": "20% (VAT on Income)",
    "RROUTPUT": "5% (VAT on Income)",
    "ZERORATEDOUTPUT": "Zero Rated Income",
    "ECZROUTPUT": "Zero Rated EC Goods Income",
    "NONE": "No VAT",
    "INPUT2": "20% (VAT on Expenses)",
}


@cache
def account_id(code: str) -> str:
    return uid("account", code)


@cache
def _option(code: str) -> str:
    return uid("option", code)


def tracking(code: str) -> list[Doc]:
    return [
        {
            "Name": "Job",
            "Option": code,
            "TrackingCategoryID": TRACKING,
            "TrackingOptionID": _option(code),
        }
    ]


def supplier_id(code: str) -> str:
    return uid("supplier", code)


def supplier_name(code: str) -> str:
    return f"{code[4:].title()} Trade Supplies Ltd"


def standing(world: World, until: date) -> dict[str, list[Doc]]:
    night = end_of(until)
    options = [
        {"TrackingOptionID": _option(job.code), "Name": job.code, "Status": "ACTIVE"}
        for job in world.jobs
        if job.opened <= night
    ]
    return {
        "Organisation": [_organisation(until)],
        "Currencies": [
            {"Code": code, "Description": name}
            for code, name in (
                ("GBP", "British Pound"),
                ("EUR", "Euro"),
                ("USD", "US Dollar"),
                ("CHF", "Swiss Franc"),
            )
        ],
        "Accounts": [_account(code) for code in NAMES],
        "TaxRates": [_tax_rate(code) for code in _TAX_NAMES],
        "Items": [_item(product) for product in world.products],
        "TrackingCategories": [
            {"TrackingCategoryID": TRACKING, "Name": "Job", "Status": "ACTIVE", "Options": options}
        ],
        "Contacts": _contacts(world, night),
    }


def _organisation(until: date) -> Doc:
    """What the group has closed is locked."""
    locked = max(
        (on for on in month_ends(until) if closes_at(on) <= end_of(until)),
        default=date(2024, 12, 31),
    )
    return {
        "OrganisationID": uid("organisation"),
        "Name": "Northgate Facilities",
        "LegalName": "Northgate Facilities Ltd",
        "BaseCurrency": "GBP",
        "CountryCode": "GB",
        "Timezone": "GMTSTANDARDTIME",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "PeriodLockDate": locked,
        "EndOfYearLockDate": date(2024, 12, 31),
        "CreatedDateUTC": _BEGAN,
        "TaxNumber": "GB219400731",
    }


def _account(code: str) -> Doc:
    kind, group, system = TYPES[code]
    made: Doc = {
        "AccountID": account_id(code),
        "Code": code,
        "Name": NAMES[code],
        "Type": kind,
        "Class": group,
        "Status": "ACTIVE",
        "TaxType": "NONE",
        "UpdatedDateUTC": _BEGAN,
    }
    if system:
        made["SystemAccount"] = system
    if kind == "BANK":
        made["CurrencyCode"] = "EUR" if code == "091" else "GBP"
    return made


def _tax_rate(code: str) -> Doc:
    rate = Decimal(TAX_PCT[code])
    return {
        "Name": _TAX_NAMES[code],
        "TaxType": code,
        "Status": "ACTIVE",
        "EffectiveRate": rate,
        "DisplayTaxRate": rate,
        "TaxComponents": [{"Name": "VAT", "Rate": rate}],
    }


def _item(product: Any) -> Doc:
    code = ledger_code(product)
    return {
        "ItemID": uid("item", code),
        "Code": code,
        "Name": product.name if product.tariff else product.name.replace(",", ""),
        "Description": product.name,
        "IsSold": True,
        "IsPurchased": product.category == "Materials",
        "UpdatedDateUTC": _BEGAN,
        "SalesDetails": {
            "UnitPrice": product.price,
            "AccountCode": product.account,
            "TaxType": OUTPUT_TAX[product.tax_class],
        },
        "PurchaseDetails": {"UnitPrice": product.cost, "AccountCode": "310", "TaxType": "INPUT2"},
    }


def _contacts(world: World, night: datetime) -> list[Doc]:
    made = [
        _contact(customer, party)
        for customer in world.customers
        for party in (customer.books, customer.books_twin)
        if party is not None and party.added <= night
    ]
    for code in sorted({bill.supplier for bill in world.bills}):
        made.append(
            {
                "ContactID": supplier_id(code),
                "Name": supplier_name(code),
                "ContactStatus": "ACTIVE",
                "UpdatedDateUTC": _BEGAN,
                "IsCustomer": False,
                "IsSupplier": True,
                "AccountNumber": code,
            }
        )
    return made


def _contact(customer: Customer, party: Party) -> Doc:
    made: Doc = {
        "ContactID": party.ident,
        "Name": party.name,
        "ContactStatus": "ACTIVE",
        "UpdatedDateUTC": party.added,
        "IsCustomer": True,
        "IsSupplier": False,
        "AccountNumber": party.crm_ref,
        "CompanyNumber": party.registration,
        "TaxNumber": party.tax_number,
        "EmailAddress": party.email,
        "Website": party.website,
        "DefaultCurrency": customer.currency,
        "Addresses": [
            {
                "AddressType": "STREET",
                "AddressLine1": party.street,
                "City": party.city,
                "Region": party.region,
                "PostalCode": party.postal_code,
                "Country": party.country,
            }
        ],
    }
    if party.phone:
        made["Phones"] = [
            {
                "PhoneType": "DEFAULT",
                "PhoneNumber": party.phone,
                "PhoneAreaCode": "",
                "PhoneCountryCode": "",
            }
        ]
    return {key: value for key, value in made.items() if value is not None}
