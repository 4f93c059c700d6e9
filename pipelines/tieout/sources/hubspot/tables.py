"""What is read from HubSpot, as data: object types, their properties, the raw tables they become.

Every property is landed as the text it travels as: HubSpot lets amounts be empty, and lets imports
put words into them. Staging casts, and a check reports what does not cast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.landing.table_types import Table

# How HubSpot's word for a type may read, where a figure or a date is taken from it. Any type will
# do for a text.
NUMBER = frozenset({"number"})
DATE = frozenset({"date", "datetime"})
BOOL = frozenset({"bool", "enumeration"})
TEXT: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ObjectType:
    """A type of CRM object. `links`: association table -> (the other type, column of its id).

    `own` are properties that every account has; `custom` those of the account's own making, and
    HubSpot's of which an account may lack some (recurring billing, merges, signatures). `history`
    are columns of which every earlier value is read as well. What is not `needed` may be refused:
    its tables are then missing, as may be a history.
    """

    name: str
    path: str
    key: str
    own: Mapping[str, frozenset[str]]
    custom: Mapping[str, frozenset[str]] = field(default_factory=dict)
    modified: str = "hs_lastmodifieddate"
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    needed: bool = False

    @property
    def table(self) -> Table:
        properties = dict.fromkeys([*self.own, *self.custom], "text")
        return Table(
            name=self.name,
            columns={"id": "text", **properties, **_ENVELOPE},
            key=("id",),
            required=frozenset({"id", "created_at", "updated_at", "archived", *self.own}),
            updated_at="updated_at",
        )

    @property
    def link_tables(self) -> tuple[Table, ...]:
        return tuple(
            Table(
                name,
                {self.key: "text", column: "text", "is_primary": "boolean"},
                key=(self.key, column),
            )
            for name, (_, column) in self.links.items()
        )

    @property
    def history_table(self) -> Table | None:
        """One row per value that a column of `history` had, with the moment it got it."""
        if not self.history:
            return None
        key = (self.key, "property", "changed_at")
        columns = {
            self.key: "text",
            "property": "text",
            "changed_at": "timestamp",
            "value": "text",
            "source_type": "text",
            "source_id": "text",
            "user_id": "text",
        }
        name = f"{self.key.removesuffix('_id')}_history"
        return Table(name, columns, key=key, required=frozenset(key))

    @property
    def tables(self) -> tuple[Table, ...]:
        """All that is landed of this type."""
        history = self.history_table
        return (self.table, *self.link_tables, *([history] if history else []))


# What lies around the properties of every object.
_ENVELOPE = {
    "created_at": "timestamp",
    "updated_at": "timestamp",
    "archived": "boolean",
    "archived_at": "timestamp",
    "payload": "json",
}


def _properties(
    text: str = "", number: str = "", date: str = "", flag: str = ""
) -> dict[str, frozenset[str]]:
    kinds = ((text, TEXT), (number, NUMBER), (date, DATE), (flag, BOOL))
    return {name: kind for names, kind in kinds for name in names.split()}


_STAMPS = "createdate hs_lastmodifieddate"

OBJECT_TYPES = (
    ObjectType(
        "companies",
        "objects/companies",
        "company_id",
        own=_properties(
            "name domain website phone address city state zip country hs_parent_company_id",
            date=_STAMPS,
        ),
        custom=_properties("legal_name tax_number registration_number hs_merged_object_ids"),
        needed=True,
    ),
    ObjectType(
        "contacts",
        "objects/contacts",
        "contact_id",
        own=_properties("email firstname lastname phone", date="createdate lastmodifieddate"),
        modified="lastmodifieddate",  # alone among the types
        links={
            "contact_companies": ("companies", "company_id"),
            "contact_deals": ("deals", "deal_id"),
        },
    ),
    ObjectType(
        "deals",
        "objects/0-3",  # the number stands for deals on every account; the name does not everywhere
        "deal_id",
        own=_properties(
            "dealname dealstage pipeline deal_currency_code hubspot_owner_id",
            number="amount hs_deal_stage_probability",
            date=f"closedate hs_closed_won_date {_STAMPS}",
            flag="hs_is_closed hs_is_closed_won",
        ),
        custom=_properties(
            "required_skills hs_merged_object_ids",
            date="proposal_sent_on service_starts_on service_ends_on lost_on",
        ),
        links={"deal_companies": ("companies", "company_id")},
        history=("amount", "dealstage", "pipeline", "closedate", "hubspot_owner_id"),
        needed=True,
    ),
    ObjectType(
        "line_items",
        "objects/line_items",
        "line_item_id",
        own=_properties(
            "name hs_product_id hs_sku description hs_line_item_currency_code",
            number="quantity price amount hs_total_discount",
            date=_STAMPS,
        ),
        custom=_properties(
            "unit recurringbillingfrequency hs_recurring_billing_period",
            number="planned_hours planned_cost hs_recurring_billing_number_of_payments hs_tcv discount "
            "hs_discount_percentage",
        ),
        links={"line_item_deals": ("deals", "deal_id")},
        needed=True,
    ),
    ObjectType(
        "products",
        "objects/products",
        "product_id",
        own=_properties("name hs_sku", number="price hs_cost_of_goods_sold", date=_STAMPS),
        custom=_properties("category unit tax_code"),
    ),
    ObjectType(
        "quotes",
        "objects/quotes",
        "quote_id",
        own=_properties(
            "hs_title hs_status",
            number="hs_quote_amount",
            date="hs_createdate hs_expiration_date hs_lastmodifieddate",
        ),
        custom=_properties(
            "hs_quote_status hs_quote_number hs_currency hs_approver_id hs_sign_status",
            date="hs_esign_date hs_accepted_date hs_payment_date",
            flag="hs_manually_signed",
        ),
        # A quote has lines of its own, copied from the deal's.
        links={
            "quote_deals": ("deals", "deal_id"),
            "quote_line_items": ("line_items", "line_item_id"),
        },
        history=("hs_status", "hs_quote_status", "hs_manually_signed"),
    ),
)

OWNERS = Table(
    "owners",
    {
        "id": "text",
        "email": "text",
        "first_name": "text",
        "last_name": "text",
        "team": "text",
        **_ENVELOPE,
    },
    key=("id",),
    required=frozenset({"id", "created_at", "updated_at", "archived"}),
    updated_at="updated_at",
)
DEAL_STAGES = Table(
    "deal_stages",
    {
        "pipeline_id": "text",
        "stage_id": "text",
        "pipeline_label": "text",
        "stage_label": "text",
        "display_order": "integer",
        "probability": "number",
        "is_closed": "boolean",
        "archived": "boolean",
        "updated_at": "timestamp",
        "payload": "json",
    },
    key=("pipeline_id", "stage_id"),
    required=frozenset({"pipeline_id", "stage_id", "stage_label", "probability"}),
    updated_at="updated_at",
)

TABLES: tuple[Table, ...] = (
    *(table for kind in OBJECT_TYPES for table in kind.tables),
    OWNERS,
    DEAL_STAGES,
)
