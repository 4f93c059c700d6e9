"""Harrow & Pike's HubSpot: values are strings, most are empty, stages have numbers for names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from second_world.basics import Doc, at, day

_COMPANY = (
    "domain",
    "website",
    "phone",
    "address",
    "city",
    "state",
    "zip",
    "country",
    "hs_parent_company_id",
    "hubspot_owner_id",
    "hs_merged_object_ids",
)
_DEAL = (
    "amount",
    "deal_currency_code",
    "hubspot_owner_id",
    "closedate",
    "hs_closed_won_date",
    "hs_is_closed",
    "hs_is_closed_won",
    "hs_deal_stage_probability",
    "hs_merged_object_ids",
    "description",
    "dealtype",
)
_LINE = (
    "description",
    "hs_product_id",
    "hs_sku",
    "quantity",
    "price",
    "amount",
    "discount",
    "hs_discount_percentage",
    "hs_total_discount",
    "hs_line_item_currency_code",
    "recurringbillingfrequency",
    "hs_recurring_billing_period",
    "hs_recurring_billing_number_of_payments",
    "hs_recurring_billing_start_date",
    "hs_tcv",
    "hs_acv",
    "hs_arr",
    "hs_mrr",
    "hs_margin",
)
WON, SIGNED, LOST, OPEN = "88123401", "91780", "closedlost", "decisionmakerboughtin"


def _stamp(text: str) -> str:
    """An ISO instant; a day alone is ten o'clock UTC."""
    return text if "T" in text or not text else f"{day(text)}T10:00:00.000Z"


class Crm:
    """Records by type, in the shape of API v3."""

    def __init__(self) -> None:
        names = ("companies", "contacts", "deals", "line_items", "quotes", "products", "owners")
        self.objects: dict[str, list[Doc]] = {name: [] for name in names}
        self.objects["pipelines"] = _pipelines()
        self._lines = 61000

    def _record(
        self,
        kind: str,
        key: str,
        properties: dict[str, str],
        optional: tuple[str, ...],
        *,
        changed: str,
        links: dict[str, tuple[str, str]] | None = None,
        archived: str = "",
    ) -> None:
        """A record; what is not given is an empty string, on every third record null."""
        empty = None if int(key) % 3 == 0 else ""
        held: Doc = {
            "id": key,
            "properties": {
                "createdate": _stamp("2025-12-01"),
                "hs_lastmodifieddate": _stamp(changed),
                "hs_object_id": key,
                **dict.fromkeys(optional, empty),
                **properties,
            },
            "createdAt": _stamp("2025-12-01"),
            "updatedAt": _stamp(changed),
            "archived": bool(archived),
        }
        if archived:
            held["archivedAt"] = _stamp(archived)
        if links:
            held["associations"] = {
                target: {"results": [{"id": to, "type": name}]}
                for target, (to, name) in links.items()
            }
        self.objects[kind].append(held)

    def owner(self, key: str, first: str, last: str, *, archived: bool = False) -> None:
        """An owner; one who left is archived."""
        self.objects["owners"].append(
            {
                "id": key,
                "type": "PERSON",
                "email": f"{first.lower()}@harrowpike.example",
                "firstName": first,
                "lastName": last,
                "userId": None if archived else int(key) + 900,
                "createdAt": _stamp("2025-12-01"),
                "updatedAt": _stamp("02-01"),
                "archived": archived,
            }
        )

    def company(self, key: str, name: str, *, archived: str = "", **properties: str) -> None:
        """A company."""
        self._record(
            "companies",
            key,
            {"name": name, **properties},
            _COMPANY,
            changed="06-01",
            archived=archived,
        )

    def product(self, key: str, sku: str, name: str, price: str, *, archived: str = "") -> None:
        """A product of the library."""
        self._record(
            "products",
            key,
            {"name": name, "hs_sku": sku, "price": price},
            ("description", "hs_cost_of_goods_sold"),
            changed="2025-12-15",
            archived=archived,
        )

    def deal(
        self,
        key: str,
        name: str,
        company: str,
        won: str = "",
        *,
        amount: str = "",
        currency: str = "EUR",
        owner: str = "21",
        stage: str = WON,
        archived: str = "",
        told: bool = True,
        was: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
    ) -> None:
        """A deal. `told` False: won is known by the stage alone, the date by closedate. `was` are
        the values of its properties, each from a day on, newest first."""
        closed = stage in (WON, SIGNED, LOST)
        properties = {
            "dealname": name,
            "dealstage": stage,
            "amount": amount,
            "pipeline": "91777" if stage == SIGNED else "default",
            "deal_currency_code": currency,
            "hubspot_owner_id": owner,
            "closedate": _stamp(won),
        }
        if told:
            properties |= {
                "hs_is_closed": str(closed).lower(),
                "hs_is_closed_won": str(stage in (WON, SIGNED)).lower(),
            }
            if stage in (WON, SIGNED):
                properties["hs_closed_won_date"] = _stamp(won)
        changed = archived or (won if won and "T" not in won else "06-02")
        if was:
            changed = max(on for values in was.values() for on, _ in values)
        self._record(
            "deals",
            key,
            properties,
            _DEAL,
            changed=changed,
            archived=archived,
            links={"companies": (company, "deal_to_company")},
        )
        if was:
            self.objects["deals"][-1]["propertiesWithHistory"] = {
                name: [
                    {"value": value, "timestamp": _stamp(on), "sourceType": "CRM_UI"}
                    for on, value in values
                ]
                for name, values in was.items()
            }

    def line(
        self, deal: str, *, archived: str = "", changed: str = "01-02", **properties: str
    ) -> str:
        """A line item; returns its id."""
        self._lines += 1
        key = str(self._lines)
        self._record(
            "line_items",
            key,
            properties,
            _LINE,
            changed=changed,
            archived=archived,
            links={"deals": (deal, "line_item_to_deal")},
        )
        return key

    def contact(self, key: str, first: str, last: str, company: str) -> None:
        """A person at a customer."""
        self._record(
            "contacts",
            key,
            {
                "firstname": first,
                "lastname": last,
                "email": "",
                "lastmodifieddate": _stamp("02-01"),
            },
            ("phone",),
            changed="02-01",
            links={"companies": (company, "contact_to_company")},
        )

    def quote(self, key: str, deal: str, title: str, amount: str, *, signed: str) -> None:
        """A quote that its customer signed."""
        self._record(
            "quotes",
            key,
            {
                "hs_title": title,
                "hs_quote_amount": amount,
                "hs_status": "APPROVAL_NOT_NEEDED",
                "hs_expiration_date": _stamp("03-31"),
                "hs_createdate": _stamp("01-02"),
                "hs_sign_status": "ESIGN_COMPLETED",
                "hs_esign_date": _stamp(signed),
            },
            (),
            changed="01-08",
            links={"deals": (deal, "quote_to_deal")},
        )

    def quote_line(self, quote: str, **properties: str) -> None:
        """A line of a quote's own."""
        self._lines += 1
        self._record(
            "line_items",
            str(self._lines),
            properties,
            _LINE,
            changed="01-02",
            links={"quotes": (quote, "line_item_to_quote")},
        )


def _stage(key: str, label: str, order: int, probability: str, closed: str) -> Doc:
    moment = at(day("2025-12-01")).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": key,
        "label": label,
        "displayOrder": order,
        "archived": False,
        "createdAt": moment,
        "updatedAt": moment,
        "metadata": {"probability": probability, "isClosed": closed},
    }


def _pipelines() -> list[Doc]:
    moment = "2025-12-01T09:00:00.000Z"
    sales = [
        _stage("appointmentscheduled", "Intake", 0, "0.2", "false"),
        _stage(OPEN, "Offerte besproken", 1, "0.6", "false"),
        _stage(WON, "Handtekening binnen", 2, "1.0", "true"),
        _stage(LOST, "Verloren", 3, "0.0", "true"),
    ]
    care = [
        _stage("91778", "Voorstel", 0, "0.5", "false"),
        _stage(SIGNED, "Getekend", 1, "1", "true"),
        _stage("91781", "Geen interesse", 2, "0", "true"),
    ]
    return [
        {
            "id": key,
            "label": label,
            "displayOrder": order,
            "archived": False,
            "createdAt": moment,
            "updatedAt": moment,
            "stages": stages,
        }
        for order, (key, label, stages) in enumerate(
            (("default", "Verkoop", sales), ("91777", "Onderhoud", care))
        )
    ]
