"""Faults of identity: a customer entered twice, and one that the ledger knows by another name
altogether."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from tieout_demo.facilities import names
from tieout_demo.facilities.basics import ZERO, add_days, dice, moment, uid, working
from tieout_demo.facilities.customers import twin
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.model import Customer, Party

_UNDECIDED_DAYS = 30


def plant(planter: Planter) -> None:
    taken = _crm_twins(planter, set())
    taken |= _ledger_twins(planter, taken)
    _strangers(planter, taken)


def _candidates(planter: Planter, taken: set[int]) -> list[Customer]:
    billed = {paper.customer.number for paper in planter.world.invoices}
    busy = [customer for customer in planter.world.customers if customer.number in billed]
    return [
        customer
        for customer in busy
        if customer.number not in taken and customer.number % 33 != 7 and customer.number % 23 != 11
    ]


def _billed(planter: Planter, customer: Customer) -> Decimal:
    return sum(
        (paper.base(paper.net) for paper in planter.world.invoices if paper.customer is customer),
        ZERO,
    )


def _again(planter: Planter, customer: Customer) -> tuple[date, datetime]:
    """Some months after the first time."""
    on = working(
        max(add_days(customer.since, 120), add_days(date(2025, 2, 1), customer.number % 300))
    )
    return on, moment(on, 10, "twin", customer.number)


def _pick(planter: Planter, name: str, taken: set[int], permille: int) -> list[Customer]:
    return planter.choose(
        name,
        _candidates(planter, taken),
        permille,
        lambda customer: None,
        lambda customer: _again(planter, customer)[0],
    )


def _crm_twins(planter: Planter, taken: set[int]) -> set[int]:
    chosen = _pick(planter, "crm twin", taken, 12)
    for customer in chosen:
        on, added = _again(planter, customer)
        rng = dice(planter.world.seed, "twin", customer.number)
        customer.crm_twin = twin(rng, customer.crm, str(int(customer.crm.ident) + 61), added)
        for deal in planter.world.deals:
            if deal.customer is customer and deal.created > on and deal.number % 2:
                deal.on_twin = True
        planter.note(
            "possible_duplicate_customer",
            "customers",
            "hubspot",
            customer.crm_twin.ident,
            ZERO,
            customer.currency,
            add_days(on, _UNDECIDED_DAYS),
            f"{customer.crm.ident} once more",
        )
    return {customer.number for customer in chosen}


def _ledger_twins(planter: Planter, taken: set[int]) -> set[int]:
    chosen = _pick(planter, "ledger twin", taken, 12)
    for customer in chosen:
        on, added = _again(planter, customer)
        rng = dice(planter.world.seed, "ledger twin", customer.number)
        customer.books_twin = twin(
            rng, customer.books, uid("contact", customer.number, "twin"), added
        )
        for paper in planter.world.invoices:
            if paper.customer is customer and paper.created.date() > on and len(paper.key) % 2:
                paper.on_twin = True
        planter.note(
            "possible_duplicate_customer",
            "customers",
            "xero",
            customer.books_twin.ident,
            ZERO,
            customer.currency,
            add_days(on, _UNDECIDED_DAYS),
            f"{customer.books.ident} once more",
        )
    return {customer.number for customer in chosen}


def _strangers(planter: Planter, taken: set[int]) -> None:
    """The ledger has the name of a holding that nobody in sales has heard of."""
    for customer in _pick(planter, "stranger", taken, 12):
        rng = dice(planter.world.seed, "stranger", customer.number)
        name, form = names.company(rng, "GB")
        party = customer.books
        customer.books = Party(
            party.ident,
            f"{name} Holdings {form}",
            None,
            None,
            None,
            None,
            None,
            None,
            f"PO Box {rng.randrange(100, 999)}",
            "Jersey",
            "",
            f"JE{rng.randrange(1, 9)} 4XX",
            party.country,
            party.added,
        )
        planter.note(
            "customer_unmatched",
            "customers",
            "xero",
            party.ident,
            _billed(planter, customer),
            "GBP",
            min(paper.issued for paper in planter.world.invoices if paper.customer is customer),
            f"pays for {customer.name}",
        )
