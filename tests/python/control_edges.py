"""What the companies at the edge of a rule are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from control_companies import Company, Row

SOON = date(2026, 4, 5)


@dataclass(frozen=True)
class Boundary:
    """`finds` are the endings of the ids of what the control reports in the company, and nothing
    else.

    `own`: it is in a system of its own. `later` is what happens between a first landing and a
    second one, which the checks may have `refused`. `says` is what people wrote into the seeds
    about it.
    """

    control: str
    company: Callable[[str], Company]
    change: Callable[[Company], object]
    finds: frozenset[str]
    own: bool = False
    later: Callable[[Company], object] | None = None
    refused: bool = False
    says: Callable[[str], dict[str, list[Row]]] = lambda p: {}


def like(c: Company, entity: str, ident: str, **about: Any) -> Row:
    """One more record like the first of its kind."""
    first = c.tables[entity][0]
    return c.add(entity, **{**first, next(iter(first)): f"{c.p}{ident}", **about})


def receipt(
    c: Company, ident: str, on: date, amount: Any, reference: str | None, **about: Any
) -> None:
    common: Row = {"bank_transaction_id": None, "status": "received", "reversed_on": None}
    like(
        c,
        "payments",
        ident,
        **{**common, "received_on": on, "amount": amount, "reference": reference, **about},
    )


def apply(
    c: Company, ident: str, payment: str, invoice: str, on: date, amount: Any, **about: Any
) -> None:
    common: Row = {
        "payment_id": f"{c.p}{payment}",
        "invoice_id": f"{c.p}{invoice}",
        "reversed_on": None,
    }
    like(
        c, "payment_applications", ident, **{**common, "applied_on": on, "amount": amount, **about}
    )


def bill(c: Company, ident: str, on: date, net: Any, text: str | None = None, **about: Any) -> Row:
    """An invoice of one line that names nothing."""
    return c.invoice(ident, on, [c.line(1, net, description=text or ident)], post=False, **about)


def march(day: int) -> date:
    return date(2026, 3, day)


def finds(*endings: str) -> frozenset[str]:
    return frozenset(endings)
