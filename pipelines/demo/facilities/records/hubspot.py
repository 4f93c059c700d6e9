"""The CRM's records in HubSpot's own shape: every property a string, links as associations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.demo.facilities.basics import ZERO, add_days, chance, dice, end_of, moment
from pipelines.demo.facilities.catalogue import OUTPUT_TAX
from pipelines.demo.facilities.model import Customer, Deal, Line, Party
from pipelines.demo.facilities.names import person
from pipelines.demo.facilities.records.changes import last
from pipelines.demo.facilities.world import World

Record = dict[str, Any]
_FOUNDED = datetime(2024, 11, 4, 9, 0, 0)
_STAGES = (
    ("appointmentscheduled", "Appointment scheduled", "0.2", False),
    ("qualifiedtobuy", "Qualified to buy", "0.4", False),
    ("contractsent", "Contract sent", "0.9", False),
    ("closedwon", "Closed won", "1.0", True),
    ("closedlost", "Closed lost", "0.0", True),
)
_PROBABILITY = {name: probability for name, _, probability, _ in _STAGES}
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
        _add(found, "deals", _deal(world.seed, deal, night))
        _add(found, "quotes", _quote(deal, night))
        for line in deal.lines:
            _add(found, "line_items", _line_item(deal, line, night))
    return found


def _add(found: dict[str, list[Record]], kind: str, record: Record | None) -> None:
    if record is not None:
        found[kind].append(record)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _record(
    ident: str,
    created: datetime,
    changed: datetime,
    properties: dict[str, object],
    links: dict[str, tuple[str, str]] | None = None,
    *,
    names: tuple[str, str] = ("createdate", "hs_lastmodifieddate"),
) -> Record:
    made = {key: None if value is None else str(value) for key, value in properties.items()}
    record: Record = {
        "id": ident,
        "properties": {**made, names[0]: stamp(created), names[1]: stamp(changed)},
        "createdAt": stamp(created),
        "updatedAt": stamp(changed),
        "archived": False,
    }
    if links:
        record["associations"] = {
            kind: {"results": [{"id": other, "type": label}]} for kind, (other, label) in links.items()
        }
    return record


def _company(customer: Customer, party: Party, night: datetime) -> Record | None:
    # Some telephone numbers are filled in long after the company was.
    later = party.added + timedelta(days=240) if customer.number % 11 == 3 else None
    changed = last(night, party.added, later)
    if changed is None:
        return None
    return _record(
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
    return _record(
        ident,
        party.added,
        party.added,
        properties,
        {"companies": (party.ident, "contact_to_company")},
        names=("createdate", "lastmodifieddate"),
    )


def _deal(seed: int, deal: Deal, night: datetime) -> Record | None:
    created, proposed, decided, edited = deal_moments(deal)
    changed = last(night, created, proposed, decided, edited)
    if changed is None:
        return None
    closed, is_won = changed >= decided, deal.won and changed >= decided
    stage = (
        ("closedwon" if deal.won else "closedlost")
        if closed
        else "contractsent"
        if changed >= proposed
        else "appointmentscheduled"
    )
    amount = sum((line_amounts(deal, line, changed)[2] for line in deal.lines), ZERO) + (
        deal.header_off_by if closed else ZERO
    )
    company = customer_record(deal)
    record = _record(
        deal.ident,
        created,
        changed,
        {
            "dealname": deal.name,
            "dealstage": stage,
            "pipeline": "default",
            "amount": amount,
            "deal_currency_code": deal.currency,
            "hubspot_owner_id": deal.owner.ident if deal.owner else None,
            "closedate": stamp(decided if closed else moment(add_days(deal.proposed, 21), 9, deal.ident)),
            "hs_closed_won_date": stamp(decided) if is_won else None,
            "hs_is_closed": str(closed).lower(),
            "hs_is_closed_won": str(is_won).lower(),
            "hs_deal_stage_probability": _PROBABILITY[stage],
            "proposal_sent_on": deal.proposed if changed >= proposed else None,
            "service_starts_on": deal.starts,
            "service_ends_on": deal.ends,
            "required_skills": deal.required or deal.skill,
            "lost_on": deal.decided if closed and not deal.won else None,
        },
        {"companies": (company.ident, "deal_to_company")},
    )
    removed = decided + timedelta(days=20)
    if not deal.won and removed <= night and chance(dice(seed, "archived", deal.number), 2):
        record |= {"archived": True, "archivedAt": stamp(removed), "updatedAt": stamp(removed)}
        record["properties"]["hs_lastmodifieddate"] = stamp(removed)
    return record


def customer_record(deal: Deal) -> Party:
    """Which of the customer's records the deal hangs on."""
    twin = deal.customer.crm_twin
    return twin if twin is not None and deal.on_twin else deal.customer.crm


def deal_moments(deal: Deal) -> tuple[datetime, datetime, datetime, datetime | None]:
    """Created, proposed, decided, and edited after that."""
    edited = moment(deal.edited, 12, deal.ident) if deal.edited else None
    return (
        moment(deal.created, 9, deal.ident),
        moment(deal.proposed, 10, deal.ident),
        moment(deal.decided, 11, deal.ident),
        edited,
    )


def line_amounts(deal: Deal, line: Line, at: datetime) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, discount and net of a line at a moment: the discount comes with the proposal."""
    _, proposed, _, edited = deal_moments(deal)
    quantity = deal.edited_to if edited and deal.edited_to and at >= edited and line is deal.lines[0] else line.quantity
    full = (quantity * line.unit_price).quantize(Decimal("0.01"))
    discount = (full * line.discount_pct / 100).quantize(Decimal("0.01")) if at >= proposed else ZERO
    return quantity, discount, full - discount


def _line_item(deal: Deal, line: Line, night: datetime) -> Record | None:
    created, proposed, _, edited = deal_moments(deal)
    changed = last(night, created, proposed if line.discount_pct else None, edited if line is deal.lines[0] else None)
    if changed is None:
        return None
    quantity, discount, net = line_amounts(deal, line, changed)
    return _record(
        line.ident,
        created,
        changed,
        {
            "name": line.product.name,
            "hs_product_id": line.product.ident,
            "hs_sku": line.product.sku,
            "description": f"{line.product.name} for {deal.customer.name}",
            "quantity": quantity,
            "price": line.unit_price,
            "amount": net,
            "hs_total_discount": discount if discount else None,
            "hs_line_item_currency_code": deal.currency,
            "unit": line.product.unit,
            "planned_hours": line.planned_hours if line.planned_hours else None,
            "planned_cost": line.planned_cost,
        },
        {"deals": (deal.ident, "line_item_to_deal")},
    )


def _quote(deal: Deal, night: datetime) -> Record | None:
    _, proposed, decided, _ = deal_moments(deal)
    changed = last(night, proposed, decided if deal.won else None)
    if changed is None:
        return None
    return _record(
        str(int(deal.ident) + 9_000_000_007),
        proposed,
        changed,
        {
            "hs_title": f"Quote {deal.number + 1:05d}: {deal.name}",
            "hs_status": "APPROVED" if changed >= decided and deal.won else "DRAFT",
            "hs_quote_amount": deal.net,
            "hs_expiration_date": stamp(proposed + timedelta(days=60)),
        },
        {"deals": (deal.ident, "quote_to_deal")},
        names=("hs_createdate", "hs_lastmodifieddate"),
    )


def _product(product: Any) -> Record:
    return _record(
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
        for order, (name, label, probability, closed) in enumerate(_STAGES)
    ]
    return {"id": "default", "label": "Sales pipeline", "displayOrder": 0, "stages": stages, **common}
