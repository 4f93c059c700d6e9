"""The whole company in memory: what its three systems hold, and who is who."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from second_world.bank import Bank
from second_world.basics import Doc, uid
from second_world.chart import reference_documents
from second_world.crm import Crm
from second_world.shop import Shop


@dataclass
class Customer:
    """A real customer and every record that stands for it."""

    key: str
    name: str
    hubspot: list[str] = field(default_factory=list)
    xero: list[str] = field(default_factory=list)
    workshop: list[str] = field(default_factory=list)
    is_customer: bool = True

    @property
    def ids(self) -> list[str]:
        """Every source's id."""
        return [*self.hubspot, *self.xero, *self.workshop]


class World:
    """The books, the CRM and the workshop; the story fills them."""

    def __init__(self) -> None:
        self.books = Bank()
        self.crm = Crm()
        self.shop = Shop()
        self.customers: dict[str, Customer] = {}

    def customer(
        self,
        key: str,
        hubspot: str,
        in_hubspot: str,
        in_xero: str,
        in_shop: str,
        *,
        domain: str = "",
        tax: str = "",
        country: str = "NL",
        city: str = "",
        merged: str = "",
        **contact: object,
    ) -> None:
        """One customer under the names that three people typed; an empty name is not there."""
        held = Customer(key, in_hubspot or in_xero)
        if in_hubspot:
            self.crm.company(
                hubspot,
                in_hubspot,
                domain=domain,
                city=city,
                hs_merged_object_ids=merged,
                country=country,
            )
            held.hubspot += [hubspot, *(each for each in merged.split(";") if each)]
        if in_xero:
            held.xero.append(
                self.books.contact(
                    key,
                    in_xero,
                    TaxNumber=tax,
                    Website=f"http://www.{domain}" if domain else "",
                    EmailAddress=f"administratie@{domain}" if domain else "",
                    **contact,
                )
            )
        if in_shop:
            self.shop.customer(
                f"W-{key}", in_shop, tax=tax, country=country, city=city, website=domain
            )
            held.workshop.append(f"W-{key}")
        self.customers[key] = held

    def other(self, key: str, name: str) -> None:
        """A contact of the ledger who is no customer: landlord, bank, supplier, tax office."""
        contact = self.books.contact(key, name, IsCustomer=False, IsSupplier=True)
        self.customers[key] = Customer(key, name, xero=[contact], is_customer=False)

    def xero(self) -> dict[str, list[Doc]]:
        """Everything that Xero holds, typed."""
        jobs = [row["job_ref"] for row in self.shop.rows["jobs"]]
        tracking: Doc = {
            "TrackingCategoryID": uid("tracking"),
            "Name": "Job",
            "Status": "ACTIVE",
            "Options": [
                {"TrackingOptionID": uid("option", ref), "Name": ref, "Status": "ACTIVE"}
                for ref in jobs
            ],
        }
        return {
            **reference_documents(),
            **self.books.documents,
            "TrackingCategories": [tracking],
            "Journals": self.books.numbered(),
        }


@cache
def world() -> World:
    """The company on 30 June 2026."""
    from second_world import (
        story_base,
        story_cash,
        story_costs,
        story_lost,
        story_money,
        story_odd,
        story_plans,
        story_trade,
    )

    held = World()
    for chapter in (
        story_base,
        story_trade,
        story_plans,
        story_money,
        story_lost,
        story_cash,
        story_odd,
        story_costs,
    ):
        chapter.tell(held)
    return held
