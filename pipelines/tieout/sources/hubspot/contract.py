"""What HubSpot may send. People type amounts: one that is no number is reported, and keeps nothing
else out."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from tieout.contracts.rules import (
    Complete,
    Fresh,
    Reference,
    Suite,
    Unique,
    in_order,
    matches,
    present,
)

# A plain decimal number, or nothing: what staging can cast.
_NUMBER = r"^\s*$|^\s*-?[0-9]+(?:[.][0-9]+)?\s*$"
_CURRENCY = r"^(?:[A-Z]{3})?$"
_DAY = r"^\s*$|^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?$"


def _numbers(*columns: str) -> list[Expectation]:
    return [matches(column, _NUMBER, "a number", severity="warning") for column in columns]


def _days(*columns: str) -> list[Expectation]:
    return [matches(column, _DAY, "an ISO date or time", severity="warning") for column in columns]


SUITE: Suite = {
    "companies": [
        *present("id", "created_at", "updated_at"),
        *present("name", severity="warning"),
        Unique(("id",)),
        in_order("created_at", "updated_at", severity="warning"),
        Complete(),
    ],
    "contacts": [*present("id", "updated_at"), Unique(("id",)), Complete()],
    "contact_companies": [
        *present("contact_id", "company_id"),
        Unique(("contact_id", "company_id")),
    ],
    "contact_deals": [
        *present("contact_id", "deal_id"),
        Unique(("contact_id", "deal_id")),
    ],
    "deals": [
        *present("id", "created_at", "updated_at", "dealstage", "pipeline"),
        *present("dealname", "hubspot_owner_id", severity="warning"),
        Unique(("id",)),
        *_numbers("amount"),
        *_days("closedate", "proposal_sent_on", "service_starts_on", "service_ends_on", "lost_on"),
        matches("deal_currency_code", _CURRENCY, "a currency of three capital letters"),
        Reference("hubspot_owner_id", "owners.id", severity="warning"),
        in_order("created_at", "updated_at", severity="warning"),
        Fresh("updated_at", within_days=14),
        Complete(),
    ],
    "deal_companies": [
        *present("deal_id", "company_id"),
        Unique(("deal_id", "company_id")),
        Reference("deal_id", "deals.id"),
        Reference("company_id", "companies.id", severity="warning"),
    ],
    "line_items": [
        *present("id", "updated_at"),
        *present("quantity", "amount", severity="warning"),
        Unique(("id",)),
        *_numbers(
            "quantity",
            "price",
            "amount",
            "hs_total_discount",
            "planned_hours",
            "planned_cost",
            "hs_tcv",
        ),
        *_numbers("hs_recurring_billing_number_of_payments"),
        matches("hs_line_item_currency_code", _CURRENCY, "a currency of three capital letters"),
        Reference("hs_product_id", "products.id", severity="warning"),
        Complete(),
    ],
    "line_item_deals": [
        *present("line_item_id", "deal_id"),
        Unique(("line_item_id", "deal_id")),
        Reference("line_item_id", "line_items.id"),
        Reference("deal_id", "deals.id", severity="warning"),
    ],
    "products": [
        *present("id", "updated_at"),
        *present("name", "hs_sku", severity="warning"),
        Unique(("id",)),
        *_numbers("price", "hs_cost_of_goods_sold"),
        Complete(),
    ],
    "quotes": [
        *present("id", "updated_at"),
        Unique(("id",)),
        *present("hs_status", severity="warning"),
        *_numbers("hs_quote_amount"),
        *_days("hs_expiration_date", "hs_esign_date", "hs_accepted_date", "hs_payment_date"),
        matches("hs_currency", _CURRENCY, "a currency of three capital letters"),
        Complete(),
    ],
    "quote_deals": [
        *present("quote_id", "deal_id"),
        Unique(("quote_id", "deal_id")),
        Reference("quote_id", "quotes.id"),
        Reference("deal_id", "deals.id", severity="warning"),
    ],
    "quote_line_items": [
        *present("quote_id", "line_item_id"),
        Unique(("quote_id", "line_item_id")),
        Reference("quote_id", "quotes.id"),
        Reference("line_item_id", "line_items.id", severity="warning"),
    ],
    # What was so stays so: a history outlives the record that it is of.
    "deal_history": [
        *present("deal_id", "property", "changed_at"),
        Unique(("deal_id", "property", "changed_at")),
    ],
    "quote_history": [
        *present("quote_id", "property", "changed_at"),
        Unique(("quote_id", "property", "changed_at")),
    ],
    "owners": [*present("id"), Unique(("id",))],
    "deal_stages": [
        *present("pipeline_id", "stage_id", "probability"),
        *present("is_closed", severity="warning"),
        Unique(("pipeline_id", "stage_id")),
    ],
}
