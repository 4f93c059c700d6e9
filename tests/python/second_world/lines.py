"""Lines of documents: their amounts by LineAmountTypes, and what Xero posts for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from second_world.basics import ZERO, Doc, dec, q2, uid
from second_world.chart import ACCOUNTS, NONE, REVENUE, ROUNDING, TAXES, VAT, account_id


@dataclass(frozen=True)
class L:
    """A line as somebody types it: `unit` is what the document's LineAmountTypes says it is."""

    unit: str
    qty: str = "1"
    account: str = REVENUE
    tax: str = NONE
    text: str = ""
    job: str = ""
    item: str = ""
    discount_pct: str = ""


class Leg(NamedTuple):
    """A line of a journal in base currency, debit positive."""

    code: str
    net: Decimal
    tax: Decimal = ZERO
    tax_type: str = ""
    text: str = ""
    job: str = ""


def line_items(document_id: str, mode: str, lines: Sequence[L], version: int = 0) -> list[Doc]:
    """LineItems as Xero serves them."""
    return [_item(document_id, mode, line, f"{version}.{at}") for at, line in enumerate(lines)]


def _item(document_id: str, mode: str, line: L, key: str) -> Doc:
    amount = dec(line.qty) * dec(line.unit)
    if line.discount_pct:
        amount *= 1 - dec(line.discount_pct) / 100
    amount = q2(amount)
    rate = TAXES[line.tax][1] / 100
    tax = ZERO
    if mode == "Exclusive":
        tax = q2(amount * rate)
    elif mode == "Inclusive":
        tax = q2(amount * rate / (1 + rate))
    tracking = [{"Name": "Job", "Option": line.job}] if line.job else []
    return {
        "LineItemID": uid("line", document_id, key),
        "Description": line.text,
        "Quantity": dec(line.qty).quantize(Decimal("0.0001")),
        "UnitAmount": dec(line.unit),
        "LineAmount": amount,
        "TaxAmount": tax,
        "TaxType": line.tax,
        "AccountCode": line.account,
        "ItemCode": line.item,
        "Tracking": tracking,
        "DiscountRate": dec(line.discount_pct) if line.discount_pct else None,
    }


def net_of(item: Doc, mode: str) -> Decimal:
    """A line's amount without tax."""
    amount: Decimal = item["LineAmount"]
    return amount - item["TaxAmount"] if mode == "Inclusive" else amount


def totals(items: Sequence[Doc], mode: str) -> Doc:
    """SubTotal, TotalTax and Total of a document."""
    net = sum((net_of(each, mode) for each in items), ZERO)
    tax = sum((each["TaxAmount"] for each in items), ZERO)
    return {"SubTotal": net, "TotalTax": tax, "Total": net + tax}


def document_legs(document: Doc, control: str, sign: int) -> list[Leg]:
    """What posting a document does: `sign` 1 debits the control account (a sale), -1 credits it."""
    own = document["CurrencyRate"]
    mode = document["LineAmountTypes"]
    gross = q2(document["Total"] / own)
    legs = [Leg(control, sign * gross)]
    for item in document["LineItems"]:
        net, tax = q2(net_of(item, mode) / own), q2(item["TaxAmount"] / own)
        job = item["Tracking"][0]["Option"] if item["Tracking"] else ""
        legs.append(
            Leg(
                item["AccountCode"],
                -sign * net,
                -sign * tax,
                item["TaxType"],
                item["Description"],
                job,
            )
        )
    tax = q2(document["TotalTax"] / own)
    if tax:
        legs.append(Leg(VAT, -sign * tax))
    left = -sum((each.net for each in legs), ZERO)
    if left:
        legs.append(Leg(ROUNDING, left))
    return [each for each in legs if each.net] or legs


def journal(key: str, legs: Sequence[Leg]) -> list[Doc]:
    """JournalLines as Xero serves them."""
    return [
        {
            "JournalLineID": uid("journal line", key, at),
            "AccountID": account_id(leg.code),
            "AccountCode": leg.code,
            "AccountType": ACCOUNTS[leg.code].type,
            "AccountName": ACCOUNTS[leg.code].name,
            "Description": leg.text,
            "NetAmount": leg.net,
            "GrossAmount": leg.net + leg.tax,
            "TaxAmount": leg.tax,
            "TaxType": leg.tax_type or None,
            "TrackingCategories": [{"Name": "Job", "Option": leg.job}] if leg.job else [],
        }
        for at, leg in enumerate(legs)
    ]
