"""The truth in one place: every event, every open document, and the totals a reader looks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from second_world.basics import AS_OF, MONTH_ENDS, ZERO, month
from second_world.chart import ACCOUNTS, RECEIVABLE, VAT
from second_world.truth_ledger import Ledger
from second_world.truth_open import Open, Openings
from second_world.truth_sales import Event, sales
from second_world.world import World

STAGES = (
    "booked",
    "change_order",
    "delivered",
    "invoiced",
    "credited",
    "recognised",
    "cash",
    "cost",
)


@dataclass
class Truth:
    """What is right about a world."""

    world: World

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.world)

    @cached_property
    def events(self) -> list[Event]:
        return [*sales(self.world), *self.ledger.events()]

    @cached_property
    def openings(self) -> Openings:
        return Openings(self.ledger)

    def open_documents(self) -> list[Open]:
        """As of 30 June, on the receivables account."""
        return self.openings.on(AS_OF)

    def unapplied(self) -> list[Open]:
        """Credits that lie about: on the receivables account, and (apart) on deposits."""
        return [each for each in self.open_documents() if each.document < 0]

    def summed(self, *names: str) -> dict[tuple[str, ...], dict[str, Decimal]]:
        """Document, euro, pound and tax sums of the events by some of their fields."""
        found: dict[tuple[str, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for each in self.events:
            key = tuple(month(each.on) if n == "month" else str(getattr(each, n)) for n in names)
            for measure in ("document", "eur", "gbp", "tax"):
                found[key][measure] += getattr(each, measure)
        return found

    def document(self) -> dict[str, Any]:
        """Everything as JSON: for people and for scripts that do not import this package."""
        return {
            "as_of": str(AS_OF),
            "base_currency": "EUR",
            "reporting_currency": "GBP",
            "customers": {
                key: {
                    "name": one.name,
                    "hubspot": one.hubspot,
                    "xero": one.xero,
                    "workshop": one.workshop,
                    "is_customer": one.is_customer,
                }
                for key, one in self.world.customers.items()
            },
            "totals": _rows(self.summed("stage")),
            "by_customer": _rows(self.summed("customer", "stage", "currency")),
            "by_month": _rows(self.summed("stage", "month")),
            "by_customer_and_month": _rows(self.summed("customer", "stage", "currency", "month")),
            "receivable": [
                {
                    "on": str(end),
                    "ledger": str(self.ledger.balance(RECEIVABLE, end)),
                    "documents": [_open(each) for each in self.openings.on(end)],
                }
                for end in MONTH_ENDS
            ],
            "unapplied": [_open(each) for each in self.unapplied()],
            "deposits_ahead": [_open(each) for each in self.openings.on(AS_OF, deposits=True)],
            "tax_account": {str(end): str(self.ledger.balance(VAT, end)) for end in MONTH_ENDS},
            "trial_balance": {
                f"{code or '(none)'} {account.name}": str(self.ledger.balance(code, AS_OF))
                for code, account in ACCOUNTS.items()
            },
            "documents_left_out": self.left_out(),
        }

    def taxed(self, who: str) -> list[str]:
        """The customer's documents that carry tax: their cash divides into net and tax."""
        names = ("Invoices", "CreditNotes", "BankTransactions")
        return [
            held["UpdatedDateUTC"].isoformat()
            for name in names
            for held in self.ledger.documents[name]
            if "Contact" in held and self.ledger.who(held) == who and held["TotalTax"]
        ]

    def left_out(self) -> dict[str, int]:
        """Documents that count nowhere, by endpoint and status."""
        found: dict[str, int] = defaultdict(int)
        for name in ("Invoices", "CreditNotes", "Payments", "BankTransactions"):
            for held in self.ledger.documents[name]:
                if held["Status"] not in ("AUTHORISED", "PAID"):
                    found[f"{name} {held['Status']}"] += 1
        return dict(found)


def _rows(sums: dict[tuple[str, ...], dict[str, Decimal]]) -> dict[str, dict[str, str]]:
    return {
        " ".join(key): {
            name: str(amount) for name, amount in values.items() if amount or name == "document"
        }
        for key, values in sorted(sums.items())
    }


def _open(each: Open) -> dict[str, str]:
    return {
        "kind": each.kind,
        "number": each.number,
        "id": each.source,
        "customer": each.customer,
        "due": str(each.due or ""),
        "currency": each.currency,
        "open": str(each.document),
        "open_eur": str(each.eur),
    }


def total(documents: list[Open]) -> Decimal:
    """The signed sum of open documents in base currency."""
    return sum((each.eur for each in documents), ZERO)
