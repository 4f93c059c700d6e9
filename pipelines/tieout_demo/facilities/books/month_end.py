"""Month end by the ledger's own rules: a job is recognised as it is delivered (maintenance: a
month's fee a month).

Accrued and deferred income are standing balances: on the last evening of each month one manual
journal moves each job's balance to what it should be, against revenue; nothing is reversed on the
first. So for every job, on every day, recognised − net invoiced = accrued − deferred. Accrued
income is carried at the month end's rate of its currency, deferred income at the rate of the job's
latest invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import ZERO, cents, moment, month_ends, uid
from tieout_demo.facilities.invoicing.papers import CORRECTIVE, Entry, Journal, Paper
from tieout_demo.facilities.model import Job

ACCRUED, DEFERRED = "620", "850"


@dataclass
class _Bill:
    on: date
    amount: Decimal
    rate: Decimal


def journals(jobs: list[Job], papers: list[Paper]) -> list[Journal]:
    billed = _billed(papers)
    earned = {job.number: sorted(job.earnings()) for job in jobs}
    standing: dict[int, Decimal] = defaultdict(lambda: ZERO)
    made: list[Journal] = []
    for on in month_ends():
        entries: dict[str, list[Entry]] = {ACCRUED: [], DEFERRED: []}
        for job in jobs:
            if job.late_accrual == on:
                continue
            before, after = (
                standing[job.number],
                _wanted(job, earned[job.number], billed[job.number], on),
            )
            standing[job.number] = after
            for account, entry in _moves(job, before, after):
                entries[account].append(entry)
        for account, name in ((ACCRUED, "Accrued income"), (DEFERRED, "Deferred income")):
            if entries[account]:
                made.append(_journal(f"{name} {on:%Y-%m}", on, entries[account]))
    return made


def moves(jobs: list[Job], papers: list[Paper]) -> dict[int, list[tuple[date, Decimal]]]:
    """By how much each month end moves a job's balance, in base currency, by the job's number."""
    billed = _billed(papers)
    made: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for job in jobs:
        earned, before = sorted(job.earnings()), ZERO
        for on in month_ends():
            after = _wanted(job, earned, billed[job.number], on)
            made[job.number].append((on, after - before))
            before = after
    return made


def _journal(narration: str, on: date, entries: list[Entry]) -> Journal:
    ident = uid("month end", narration)
    return Journal(
        ident, on, moment(on, 22, narration), "MANJOURNAL", ident, "", entries, narration
    )


def _billed(papers: list[Paper]) -> dict[int, list[_Bill]]:
    """What the ledger can see was billed for a job: credits that only lower the price leave the
    balance alone."""
    billed: dict[int, list[_Bill]] = defaultdict(list)
    for paper in papers:
        for line in paper.lines:
            if line.job is None or not line.told:
                continue
            amount = line.net if line.worth is None else line.worth
            rate = paper.rate if line.worth is None else cents(line.net * paper.rate) / line.worth
            if not paper.is_credit:
                billed[line.job.number].append(_Bill(paper.issued, amount, rate))
                if paper.voided:
                    billed[line.job.number].append(_Bill(paper.voided.date(), -amount, rate))
            elif paper.reason in CORRECTIVE:
                billed[line.job.number].append(_Bill(paper.issued, -amount, rate))
    for bills in billed.values():
        bills.sort(key=lambda bill: bill.on)
    return billed


def _wanted(job: Job, earned: list[tuple[date, Decimal]], bills: list[_Bill], on: date) -> Decimal:
    """Base-currency balance: positive accrued, negative deferred."""
    known = [bill for bill in bills if bill.on <= on]
    left = sum((value for day, value in earned if day <= on), ZERO) - sum(
        (bill.amount for bill in known), ZERO
    )
    if left > 0:
        return cents(left * fx.rate(job.deal.currency, "GBP", on))
    return cents(left * known[-1].rate) if left < 0 else ZERO


def _moves(job: Job, before: Decimal, after: Decimal) -> Iterator[tuple[str, Entry]]:
    """The balance-sheet side and its revenue, both with the job's tracking."""
    revenue = job.deal.lines[0].product.account
    for account, old, new in (
        (ACCRUED, max(before, ZERO), max(after, ZERO)),
        (DEFERRED, min(before, ZERO), min(after, ZERO)),
    ):
        if new != old:
            text = f"{'Accrued' if account == ACCRUED else 'Deferred'} income {job.code}"
            yield account, Entry(account, new - old, text, job.code)
            yield account, Entry(revenue, old - new, text, job.code)
