"""Companies that buy from both arms: one arm's customers, before the other arm's people type
them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tieout_demo.facilities.model import Customer

# The two offices share clients where both have people: most of them British, a few next door.
_COUNTRIES = frozenset({"GB", "NL", "IE", "DE"})
_STEP = 9


def shared_customers(customers: Sequence[Customer]) -> list[dict[str, Any]]:
    """Every ninth customer of the facilities arm, with the tax number that any of its three systems
    knows."""
    shared = []
    for customer in customers[4::_STEP]:
        if customer.country not in _COUNTRIES:
            continue
        parties = (customer.crm, customer.ops, customer.books)
        shared.append(
            {
                "name": customer.name,
                "country": customer.country,
                "city": customer.crm.city,
                "tax_number": next(
                    (party.tax_number for party in parties if party.tax_number), None
                ),
                "website": next((party.website for party in parties if party.website), None),
            }
        )
    return shared
