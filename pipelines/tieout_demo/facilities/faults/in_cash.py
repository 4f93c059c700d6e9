"""Faults of collection: never paid, paid short, paid twice, paid and never set against anything."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tieout_demo.facilities.basics import ENDS, add_days
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.cash import Till
from tieout_demo.facilities.invoicing.papers import Paper
from tieout_demo.facilities.model import Deal

OVERDUE_DAYS = 61
UNAPPLIED_DAYS = 15


def habits(planter: Planter, faulty: set[str]) -> dict[str, str]:
    """How the invoices that are to go wrong are paid; those with another fault are paid as
    asked."""
    chosen = dict.fromkeys(faulty, "full")
    credited = {
        allocation.invoice.ident
        for credit in planter.world.credits
        for allocation in credit.allocations
    }
    found = [
        paper
        for paper in planter.world.invoices
        if _quiet(paper)
        and paper.ident not in credited
        and add_days(paper.due, OVERDUE_DAYS) <= ENDS
    ]
    for paper in planter.choose(
        "never paid", found, 8, _deal, lambda paper: add_days(paper.due, OVERDUE_DAYS)
    ):
        chosen[paper.ident] = "never"
        planter.note(
            "receivable_overdue",
            "invoices",
            "xero",
            paper.ident,
            paper.gross,
            paper.currency,
            add_days(paper.due, OVERDUE_DAYS),
            "nothing was ever paid",
        )
    for paper in planter.choose(
        "short", [paper for paper in found if paper.gross > 400], 8, _deal, lambda paper: paper.due
    ):
        chosen[paper.ident] = "short"
    return chosen


def _quiet(paper: Paper) -> bool:
    return not paper.voided and len({id(line.job) for line in paper.lines}) == 1


def _deal(paper: Paper) -> Deal | None:
    return paper.lines[0].job.deal if paper.lines[0].job else None


def plant(planter: Planter, till: Till, chosen: dict[str, str]) -> None:
    _twice(planter, till)
    _unapplied(planter, till)


def _twice(planter: Planter, till: Till) -> None:
    """The bank feed brought the same receipt again; the second stands on account."""
    found = [
        receipt
        for receipt in till.receipts
        if receipt.reversed is None and _deal(receipt.invoice) and _quiet(receipt.invoice)
    ]
    for receipt in planter.choose(
        "paid twice",
        found,
        5,
        lambda each: _deal(each.invoice),
        lambda each: add_days(each.at.date(), 16),
    ):
        at = receipt.at + timedelta(days=1 + len(receipt.reference) % 2, minutes=7)
        if at.date() > ENDS:
            continue
        again = till.on_account_cash(
            receipt.invoice, "over", receipt.amount, at.date(), receipt.reference, tag="again"
        )
        planter.note(
            "payment_duplicated",
            "payments",
            "xero",
            again.ident,
            again.amount,
            again.currency,
            at.date(),
            f"the same as {receipt.ident}",
        )


def _unapplied(planter: Planter, till: Till) -> None:
    """Money that nobody could place."""
    found = [
        paper
        for paper in planter.world.invoices
        if _quiet(paper) and add_days(paper.due, 5) <= ENDS
    ]
    for number, paper in enumerate(
        planter.choose("unapplied", found, 4, _deal, lambda paper: add_days(paper.due, 20))
    ):
        amount = Decimal(17_311 + number * 7_919 % 90_000) / 100
        made = till.on_account_cash(
            paper, "over", amount, add_days(paper.due, 3), "payment", tag="unknown"
        )
        planter.note(
            "cash_unapplied",
            "payments",
            "xero",
            made.ident,
            amount,
            made.currency,
            add_days(made.at.date(), UNAPPLIED_DAYS),
            "nobody knows what it is for",
        )
