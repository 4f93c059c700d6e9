"""The smallest HubSpot worlds that the tests of the server and of the source are built from."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def at(day: int, ms: int = 0) -> str:
    """A moment in March 2026."""
    return f"2026-03-{day:02d}T09:00:00.{ms:03d}Z"


def record(
    key: int | str,
    properties: dict[str, str | None],
    *,
    day: int = 1,
    ms: int = 0,
    links: Record | None = None,
    **more: Any,
) -> Record:
    """An object as the API has it, changed on a day of March 2026. `links`: {"companies": {"7":
    "deal_to_company"}}."""
    moment = at(day, ms)
    # Contacts have a name of their own for it; a property that is not defined would be taken for a
    # company's own.
    stamps = {
        "createdate": at(1),
        "lastmodifieddate" if "email" in properties else "hs_lastmodifieddate": moment,
    }
    associations = {
        name: {"results": [{"id": other, "type": kind} for other, kind in linked.items()]}
        for name, linked in (links or {}).items()
    }
    return {
        "id": str(key),
        "properties": {**stamps, **properties},
        "createdAt": at(1),
        "updatedAt": moment,
        "archived": False,
        **({"associations": associations} if associations else {}),
        **more,
    }


def archived(of: Record, *, day: int = 5) -> Record:
    return {**of, "archived": True, "archivedAt": at(day)}


def deal(key: int, *, company: int = 7, day: int = 1, **properties: str | None) -> Record:
    base = {"dealname": f"Deal {key}", "dealstage": "open", "pipeline": "default", "amount": "100.00",
            "deal_currency_code": "GBP", "hubspot_owner_id": "51"}  # fmt: skip
    return record(
        key, {**base, **properties}, day=day, links={"companies": {str(company): "deal_to_company"}}
    )


def line(key: int, *, of: int, day: int = 1, **properties: str | None) -> Record:
    base = {"name": "Cleaning", "hs_product_id": "31", "hs_sku": "CLEAN", "quantity": "2", "price": "50.00",
            "amount": "100.00", "hs_line_item_currency_code": "GBP"}  # fmt: skip
    return record(
        key, {**base, **properties}, day=day, links={"deals": {str(of): "line_item_to_deal"}}
    )


def quote(key: int, *, of: int, lines: tuple[int, ...] = (), **properties: str | None) -> Record:
    """An offer for a deal, with lines of its own."""
    base = {
        "hs_title": "Offer",
        "hs_status": "APPROVED",
        "hs_quote_amount": "100.00",
        "hs_createdate": at(1),
    }
    links: Record = {"deals": {str(of): "quote_to_deal"}}
    if lines:
        links["line_items"] = {str(each): "quote_to_line_item" for each in lines}
    return record(key, {**base, **properties}, links=links)


def history(**values: list[tuple[str, str | None]]) -> Record:
    """What properties were at which moments, newest first, as HubSpot tells it."""
    return {
        "propertiesWithHistory": {
            name: [
                {
                    "value": value,
                    "timestamp": moment,
                    "sourceType": "CRM_UI",
                    "sourceId": "userId:51",
                    "updatedByUserId": 51,
                }
                for moment, value in entries
            ]
            for name, entries in values.items()
        }
    }


def owner(key: int, **more: Any) -> Record:
    return {
        "id": str(key),
        "type": "PERSON",
        "email": f"o{key}@example.com",
        "firstName": "Ada",
        "lastName": "Byron",
        "userId": key,
        "createdAt": at(1),
        "updatedAt": at(1),
        "archived": False,
        **more,
    }


def stage(key: str, probability: str, *, closed: bool) -> Record:
    return {
        "id": key,
        "label": key.capitalize(),
        "displayOrder": 0,
        "archived": False,
        "createdAt": at(1),
        "updatedAt": at(1),
        "metadata": {"probability": probability, "isClosed": str(closed).lower()},
    }


PIPELINE: Record = {
    "id": "default",
    "label": "Sales",
    "displayOrder": 0,
    "archived": False,
    "createdAt": at(1),
    "updatedAt": at(1),
    "stages": [
        stage("open", "0.4", closed=False),
        stage("closedwon", "1.0", closed=True),
        stage("closedlost", "0.0", closed=True),
    ],
}


def world(**changed: list[Record]) -> dict[str, list[Record]]:
    """One of everything, linked; any type replaced by name."""
    return {
        "companies": [
            record(7, {"name": "Acme Ltd", "domain": "acme.example", "tax_number": "GB123456789"})
        ],
        "contacts": [
            record(
                61,
                {"email": "jo@acme.example", "firstname": "Jo"},
                links={"companies": {"7": "contact_to_company"}},
            )
        ],
        "deals": [deal(11), deal(12, dealstage="closedwon")],
        "line_items": [line(21, of=11), line(22, of=12), line(23, of=12)],
        "products": [record(31, {"name": "Cleaning", "hs_sku": "CLEAN", "price": "50.00"})],
        "quotes": [quote(41, of=11)],
        "owners": [owner(51)],
        "pipelines": [PIPELINE],
        **changed,
    }
