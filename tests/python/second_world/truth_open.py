"""The open documents of a day: what each carries, signed, as the ledger's account does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from second_world.basics import AS_OF, ZERO, Doc, q2
from second_world.chart import RECEIVABLE
from second_world.rates import to_gbp
from second_world.truth_ledger import POSTED, Ledger


@dataclass(frozen=True)
class Open:
    """A document with something open; amounts signed, `eur` as the ledger carries it."""

    kind: str
    source: str
    number: str
    customer: str
    issued: date
    due: date | None
    currency: str
    document: Decimal
    eur: Decimal

    @property
    def gbp_then(self) -> Decimal:
        """At the table's rate of the document's day, as events are valued."""
        return to_gbp(self.eur, self.issued)

    @property
    def gbp_now(self) -> Decimal:
        """At the table's rate of 30 June."""
        return to_gbp(self.eur, AS_OF)


_ENDPOINTS = (
    ("Invoices", "ACCREC", "invoice", "InvoiceID", "InvoiceNumber", 1),
    ("CreditNotes", "ACCRECCREDIT", "credit_note", "CreditNoteID", "CreditNoteNumber", -1),
    ("Overpayments", "RECEIVE-OVERPAYMENT", "overpayment", "OverpaymentID", "Reference", -1),
    ("Prepayments", "RECEIVE-PREPAYMENT", "prepayment", "PrepaymentID", "Reference", -1),
)


class Openings:
    """What had been taken off each document, day by day."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._taken: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for payment in ledger.documents["Payments"]:
            if payment["Status"] == "AUTHORISED":
                self._taken[_target(payment)].append((payment["Date"], payment["Amount"]))
        for name in ("CreditNotes", "Overpayments", "Prepayments"):
            for credit in ledger.documents[name]:
                for each in credit["Allocations"]:
                    own = next(
                        credit[k]
                        for k in ("CreditNoteID", "OverpaymentID", "PrepaymentID")
                        if k in credit
                    )
                    for source in (own, each["Invoice"]["InvoiceID"]):
                        self._taken[source].append((each["Date"], each["Amount"]))

    def on(self, day: date, *, deposits: bool = False) -> list[Open]:
        """What is open at the end of a day; `deposits`: prepayments on the deposits account."""
        return [each for each in self._all(day, deposits) if each.document]

    def _all(self, day: date, deposits: bool) -> Iterator[Open]:
        for endpoint, kind, word, key, number, sign in _ENDPOINTS:
            for held in self.ledger.documents[endpoint]:
                if held["Type"] != kind or held["Status"] not in POSTED or held["Date"] > day:
                    continue
                elsewhere = kind == "RECEIVE-PREPAYMENT" and (
                    held["LineItems"][0]["AccountCode"] != RECEIVABLE
                )
                if elsewhere == deposits:
                    left, base = self._left(held, held[key], day)
                    yield Open(
                        word,
                        held[key],
                        held[number],
                        self.ledger.who(held),
                        held["Date"],
                        held.get("DueDate"),
                        held["CurrencyCode"],
                        sign * left,
                        sign * base,
                    )

    def _left(self, held: Doc, source: str, day: date) -> tuple[Decimal, Decimal]:
        taken = [amount for on, amount in self._taken[source] if on <= day]
        left: Decimal = held["Total"] - sum(taken, ZERO)
        own = held["CurrencyRate"]
        base = q2(held["Total"] / own) - sum((q2(amount / own) for amount in taken), ZERO)
        return left, base if left else ZERO


def _target(payment: Doc) -> str:
    for name in ("Invoice", "CreditNote", "Prepayment", "Overpayment"):
        if name in payment:
            return str(payment[name][f"{name}ID"])
    raise LookupError(f"payment {payment['PaymentID']} names nothing")
