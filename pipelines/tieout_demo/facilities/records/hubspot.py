"""The CRM's records in HubSpot's own shape: every property a string, links as associations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tieout_demo.facilities.basics import dice, end_of, moment
from tieout_demo.facilities.catalogue import OUTPUT_TAX
from tieout_demo.facilities.model import Customer, Party
from tieout_demo.facilities.names import person
from tieout_demo.facilities.records.changes import last
from tieout_demo.facilities.records.hubspot_deals import STAGES, deal_record, line_item, quote
from tieout_demo.facilities.records.hubspot_shape import Record, record_of, stamp
from tieout_demo.facilities.world import World

_FOUNDED = moment(date(2024, 11, 4), 9, "account")
_COUNTRY_NAMES = {
    "GB": "United Kingdom",
    "IE": "Ireland",
    "DE": "Germany",
    "NL": "Netherlands",
    "FR": "France",
    "US": "United States",
    "CH": "Switzerland",
}


def objects(world: World, until: date) -> dict[str, list[Record]]:
    night = end_of(until)
    found: dict[str, list[Record]] = {
        "companies": [],
        "contacts": [],
        "deals": [],
        "line_items": [],
        "quotes": [],
        "products": [_product(product) for product in world.products],
        "owners": [_owner(owner) for owner in world.owners],
        "pipelines": [_pipeline()],
    }
    for customer in world.customers:
        for party in filter(None, (customer.crm, customer.crm_twin)):
            _add(found, "companies", _company(customer, party, night))
            _add(found, "contacts", _contact(world.seed, customer, party, night))
    for deal in world.deals:
        _add(found, "deals", deal_record(world.seed, deal, night))
        _add(found, "quotes", quote(deal, night))
        for line in deal.lines:
            _add(found, "line_items", line_item(deal, line, night))
    return found


def _add(found: dict[str, list[Record]], kind: str, record: Record | None) -> None:
    if record is not None:
        found[kind].append(record)


def _company(customer: Customer, party: Party, night: datetime) -> Record | None:
    # Some telephone numbers are filled in long after the company was.
    later = party.added + timedelta(days=240) if customer.number % 11 == 3 else None
    changed = last(night, party.added, later)
    if changed is None:
        return None
    return record_of(
        party.ident,
        party.added,
        changed,
        {
            "name": party.name,
            "domain": party.website.removeprefix("https://www.") if party.website else None,
            "website": party.website,
            "phone": party.phone if later is None or changed >= later else None,
            "address": party.street,
            "city": party.city,
            "state": party.region,
            "zip": party.postal_code,
            "country": _COUNTRY_NAMES[party.country] if customer.number % 3 else party.country,
            "legal_name": party.legal_name,
            "tax_number": party.tax_number,
            "registration_number": party.registration,
            "hs_parent_company_id": party.parent,
        },
    )


def _contact(seed: int, customer: Customer, party: Party, night: datetime) -> Record | None:
    if party.added > night:
        return None
    first, family = person(dice(seed, "contact", party.ident))
    ident = str(int(party.ident) - 4_000_000_000)
    properties: dict[str, object] = {
        "email": party.email,
        "firstname": first,
        "lastname": family,
        "phone": customer.crm.phone,
    }
    return record_of(
        ident,
        party.added,
        party.added,
        properties,
        {"companies": (party.ident, "contact_to_company")},
        names=("createdate", "lastmodifieddate"),
    )


def _product(product: Any) -> Record:
    return record_of(
        product.ident,
        _FOUNDED,
        _FOUNDED,
        {
            "name": product.name,
            "hs_sku": product.sku,
            "price": product.price,
            "hs_cost_of_goods_sold": product.cost,
            "category": product.category,
            "unit": product.unit,
            "tax_code": OUTPUT_TAX[product.tax_class],
            "description": None,
        },
    )


def _owner(owner: Any) -> Record:
    return {
        "id": owner.ident,
        "type": "PERSON",
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userId": int(owner.ident) + 1,
        "createdAt": stamp(_FOUNDED),
        "updatedAt": stamp(_FOUNDED),
        "archived": owner.archived,
        "teams": [{"id": str(100 + len(owner.team)), "name": owner.team, "primary": True}],
    }


def _pipeline() -> Record:
    common = {"archived": False, "createdAt": stamp(_FOUNDED), "updatedAt": stamp(_FOUNDED)}
    stages = [
        {
            "id": name,
            "label": label,
            "displayOrder": order,
            "metadata": {"probability": probability, "isClosed": str(closed).lower()},
            **common,
        }
        for order, (name, label, probability, closed) in enumerate(STAGES)
    ]
    return {
        "id": "default",
        "label": "Sales pipeline",
        "displayOrder": 0,
        "stages": stages,
        **common,
    }
