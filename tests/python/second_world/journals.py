"""The bookkeeper's desk: contacts, and journals as Xero posts, reverses and numbers them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from second_world.basics import Doc, at, day, uid
from second_world.lines import Leg, journal

ENDPOINTS = (
    "Invoices",
    "CreditNotes",
    "Payments",
    "Overpayments",
    "Prepayments",
    "BankTransactions",
    "ManualJournals",
    "Contacts",
)


class Desk:
    """Documents by endpoint; journals wait in `entries` until `numbered`."""

    def __init__(self) -> None:
        self.documents: dict[str, list[Doc]] = {name: [] for name in ENDPOINTS}
        self.entries: list[Doc] = []
        self.contacts: dict[str, Doc] = {}
        # What an open document still carries on the control account, in base currency.
        self.base_open: dict[str, Decimal] = {}

    # -- contacts

    def contact(self, key: str, name: str, **more: object) -> str:
        """A contact; returns its ContactID."""
        on = day("2025-12-02")
        held: Doc = {
            "ContactID": uid("contact", key),
            "Name": name,
            "ContactStatus": "ACTIVE",
            "IsCustomer": True,
            "IsSupplier": False,
            "UpdatedDateUTC": at(on),
            "AccountNumber": "",
            "TaxNumber": "",
            "EmailAddress": "",
            "FirstName": "",
            "LastName": "",
            "Addresses": [
                {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""}
            ],
            "Phones": [
                {
                    "PhoneType": "DEFAULT",
                    "PhoneNumber": "",
                    "PhoneAreaCode": "",
                    "PhoneCountryCode": "",
                }
            ],
        }
        held.update(more)
        self.contacts[key] = held
        self.documents["Contacts"].append(held)
        return str(held["ContactID"])

    def merge_contacts(self, old: str, into: str, on: date) -> None:
        """Merges a contact; its documents stay where they were, as the API still shows some."""
        self.contacts[old].update(
            ContactStatus="ARCHIVED",
            MergedToContactID=self.contacts[into]["ContactID"],
            UpdatedDateUTC=at(on),
        )

    def named(self, key: str) -> Doc:
        """A contact as documents carry it."""
        held = self.contacts[key]
        return {"ContactID": held["ContactID"], "Name": held["Name"]}

    # -- journals

    def post(
        self,
        on: date,
        kind: str,
        source: str,
        legs: Sequence[Leg],
        *,
        created: date | None = None,
        reference: str = "",
    ) -> None:
        """A journal dated `on`, typed on `created`."""
        key = f"{kind} {source} {len(self.entries)}"
        self.entries.append(
            {
                "JournalID": uid("journal", key),
                "JournalDate": on,
                "CreatedDateUTC": at(created or on, 10),
                "Reference": reference,
                "SourceID": source,
                "SourceType": kind,
                "JournalLines": journal(key, legs),
            }
        )

    def reverse(self, source: str, created: date) -> None:
        """Takes back what a document last posted, on the ORIGINAL day, as Xero does."""
        last = next(each for each in reversed(self.entries) if each["SourceID"] == source)
        key = f"reversal {source} {len(self.entries)}"
        lines = [
            {
                **each,
                "JournalLineID": uid("journal line", key, number),
                **{name: -each[name] for name in ("NetAmount", "GrossAmount", "TaxAmount")},
            }
            for number, each in enumerate(last["JournalLines"])
        ]
        self.entries.append(
            {
                **last,
                "JournalID": uid("journal", key),
                "CreatedDateUTC": at(created, 10),
                "JournalLines": lines,
            }
        )

    def numbered(self) -> list[Doc]:
        """The journals in the order in which they were made, numbered with gaps."""
        order = sorted(
            range(len(self.entries)), key=lambda n: (self.entries[n]["CreatedDateUTC"], n)
        )
        number, found = 0, []
        for place, each in enumerate(order):
            number += 1 if place % 7 else 3
            found.append({"JournalNumber": number, **self.entries[each]})
        return found
