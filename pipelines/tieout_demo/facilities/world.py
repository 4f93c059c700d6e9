"""The history of the arm from its seed: each step of the business, then the books of what
happened."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tieout_demo.facilities import catalogue, customers
from tieout_demo.facilities.basics import ENDS
from tieout_demo.facilities.books import ledger, month_end, overheads
from tieout_demo.facilities.invoicing import billing
from tieout_demo.facilities.invoicing.cash import Till
from tieout_demo.facilities.invoicing.credits import credits
from tieout_demo.facilities.invoicing.papers import (
    Bill,
    BillItem,
    CashMove,
    Credit,
    Journal,
    OnAccount,
    Paper,
    Receipt,
)
from tieout_demo.facilities.jobs import sales, work
from tieout_demo.facilities.model import Customer, Deal, Job, Owner, Person, Product

# The history goes three months past the eighteen that the sizes are given for.
_LONGER = 21 / 18
_FIRST_JOURNAL = 4001


@dataclass
class World:
    seed: int
    customers: list[Customer]
    owners: list[Owner]
    products: list[Product]
    staff: list[Person]
    deals: list[Deal]
    jobs: list[Job] = field(default_factory=list)
    items: list[BillItem] = field(default_factory=list)
    invoices: list[Paper] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    on_account: list[OnAccount] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    moves: list[CashMove] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)

    def papers(self) -> list[Paper]:
        return self.invoices + [credit.paper for credit in self.credits]


def sold(seed: int, scale: float) -> World:
    """Customers, people and deals."""
    products = catalogue.products()
    theirs = customers.customers(seed, max(12, round(405 * scale)))
    owners = catalogue.owners(seed, max(4, round(14 * min(scale, 4.0))))
    deals = sales.deals(
        seed,
        max(60, round(2500 * _LONGER * scale)),
        theirs,
        [owner for owner in owners if not owner.archived],
        products,
    )
    return World(
        seed, theirs, owners, products, catalogue.staff(seed, sales.weekly_promises(deals)), deals
    )


def worked(world: World) -> None:
    world.jobs, world.items = work.jobs(world.seed, world.deals, world.staff)


def billed(world: World) -> None:
    world.invoices = billing.invoices(world.seed, world.items)


def credited(world: World, spared: set[str]) -> None:
    """Some invoices are followed by a credit note; those in `spared` never."""
    world.credits = credits(
        world.seed, [invoice for invoice in world.invoices if invoice.ident not in spared]
    )


def paid(world: World, habits: dict[str, str]) -> Till:
    """Every invoice that was not voided is settled, by the customer's habit or the one given for
    its id."""
    in_order = sorted(world.invoices, key=lambda paper: (paper.posted, paper.ident))
    till = Till(world.seed, in_order, world.credits)
    for invoice in in_order:
        if invoice.voided is None:
            till.settle(invoice, habits.get(invoice.ident))
    world.receipts, world.on_account, world.credits = till.receipts, till.on_account, till.credits
    return till


def numbered(world: World, skipped: set[str]) -> None:
    """Document numbers in the order of making; after one of `skipped` a number is lost."""
    for papers, prefix, first in (
        (world.invoices, "INV", 10_001),
        ([credit.paper for credit in world.credits], "CN", 501),
    ):
        lost = 0
        for index, paper in enumerate(
            sorted(papers, key=lambda paper: (paper.created, paper.ident))
        ):
            paper.number = f"{prefix}-{first + index + lost:05d}"
            lost += paper.ident in skipped


def booked(world: World, by_hand: list[Journal]) -> None:
    """All journals, in the order in which they were entered."""
    made: list[Journal] = [overheads.opening()]
    for paper in world.papers():
        made += ledger.paper_journals(paper)
    made += ledger.Settlements(
        world.invoices, world.credits, world.receipts, world.on_account
    ).journals
    made += month_end.journals(world.jobs, world.papers())
    world.bills = overheads.bills(world.jobs)
    for bill in world.bills:
        made += overheads.bill_journals(bill)
    regular, world.moves = overheads.monthly(world.jobs)
    made += regular + by_hand + [overheads.move_journal(move) for move in world.moves]
    taxes = overheads.tax_payments(made)
    world.moves += taxes
    made += [overheads.move_journal(move) for move in taxes]
    made.append(overheads.year_close(made))
    world.journals = sorted(
        (journal for journal in made if journal.at.date() <= ENDS),
        key=lambda journal: (journal.at, journal.ident),
    )
    number = _FIRST_JOURNAL
    for journal in world.journals:
        # The ledger's own numbers have holes, where an import was rolled back.
        number += 2 if zlib.crc32(journal.ident.encode()) % 61 == 0 else 1
        journal.number = number


def balance(world: World, account: str, on: date) -> Decimal:
    return ledger.balances(world.journals, on).get(account, Decimal(0))


def clean(seed: int, scale: float) -> World:
    """The company as it would be if nobody ever slipped."""
    world = sold(seed, scale)
    worked(world)
    billed(world)
    credited(world, set())
    paid(world, {})
    numbered(world, set())
    booked(world, [])
    return world
