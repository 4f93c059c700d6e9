"""The properties the demo's HubSpot defines: what `/crm/v3/properties/{type}` answers, and which
come unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What HubSpot itself defines; `type` is HubSpot's word for how the value reads, though it always
# travels as a string.
_DEFINED: Mapping[str, Mapping[str, str]] = {
    "string": {
        "companies": "name domain website phone address city state zip country hs_parent_company_id "
        "hs_merged_object_ids",
        "contacts": "email firstname lastname phone",
        "deals": "dealname",
        "line_items": "name hs_sku description hs_recurring_billing_period",
        "products": "name hs_sku description",
        "quotes": "hs_title hs_quote_number hs_approver_id",
    },
    "number": {
        "companies": "hs_object_id",
        "contacts": "hs_object_id",
        "deals": "hs_object_id amount hs_deal_stage_probability",
        "line_items": "hs_object_id hs_product_id quantity price amount hs_total_discount "
        "hs_recurring_billing_number_of_payments hs_tcv discount hs_discount_percentage",
        "products": "hs_object_id price hs_cost_of_goods_sold",
        "quotes": "hs_object_id hs_quote_amount",
    },
    "datetime": {
        "companies": "createdate hs_lastmodifieddate",
        "contacts": "createdate lastmodifieddate",
        "deals": "createdate closedate hs_closed_won_date hs_lastmodifieddate",
        "line_items": "createdate hs_lastmodifieddate",
        "products": "createdate hs_lastmodifieddate",
        "quotes": "hs_createdate hs_expiration_date hs_lastmodifieddate hs_esign_date hs_accepted_date "
        "hs_payment_date",
    },
    "enumeration": {
        "deals": "dealstage pipeline deal_currency_code hubspot_owner_id",
        "line_items": "hs_line_item_currency_code recurringbillingfrequency",
        "quotes": "hs_status hs_quote_status hs_currency hs_sign_status",
    },
    "bool": {"deals": "hs_is_closed hs_is_closed_won", "quotes": "hs_manually_signed"},
}

# What Northgate added to its own account.
_CUSTOM: Mapping[str, Mapping[str, str]] = {
    "string": {
        "companies": "legal_name tax_number registration_number",
        "deals": "required_skills",
        "line_items": "unit",
        "products": "category unit tax_code",
    },
    "number": {"line_items": "planned_hours planned_cost"},
    "date": {"deals": "proposal_sent_on service_starts_on service_ends_on lost_on"},
}

# What a reader gets who names no properties.
DEFAULT_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "companies": ("name", "domain"),
    "contacts": ("email", "firstname", "lastname"),
    "deals": ("dealname", "amount", "closedate", "dealstage", "pipeline"),
    "line_items": (),
    "products": ("name", "price", "description"),
    "quotes": ("hs_title", "hs_status", "hs_quote_amount", "hs_expiration_date"),
}

# What comes whether it is asked for or not.
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("createdate", "hs_object_id", "lastmodifieddate"),
    "quotes": ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    **dict.fromkeys(
        ("companies", "deals", "line_items", "products"),
        ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ),
}

OBJECT_TYPES = tuple(DEFAULT_PROPERTIES)

_FIELD_TYPES = {"string": "text", "number": "number", "datetime": "date", "date": "date", "enumeration": "select",
                "bool": "booleancheckbox"}  # fmt: skip


def definition(name: str, kind: str = "string", *, hubspot_defined: bool = False) -> dict[str, Any]:
    """One property as HubSpot describes it."""
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": _FIELD_TYPES[kind],
        "description": "",
        "groupName": "tieout",
        "options": [],
        "hubspotDefined": hubspot_defined,
        "hidden": False,
        "calculated": False,
        "archived": False,
    }


def definitions(object_type: str) -> dict[str, dict[str, Any]]:
    """The properties of an object type by name, HubSpot's own and Northgate's."""
    return {
        name: definition(name, kind, hubspot_defined=table is _DEFINED)
        for table in (_DEFINED, _CUSTOM)
        for kind, types in table.items()
        for name in types.get(object_type, "").split()
    }
